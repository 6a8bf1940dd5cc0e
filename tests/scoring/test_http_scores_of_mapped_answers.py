"""A published mapping carries kept answers into the scores, and the books balance before and after."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.commands import Outcome, call, environment, seconds_until
from tests.support.village import FORM, FRAMEWORK, Villages, at_work, interview, version_of

Tree = dict[str, Any]


def _second_form() -> Tree:
    """`minutes` is called `walk`, and `dk` has become `no`."""
    form = version_of(FORM, "2")
    next(row for row in form["survey"] if row["name"] == "minutes")["name"] = "walk"
    form["choices"] = [row for row in form["choices"] if row["name"] != "dk"]
    return copy.deepcopy(form)


def _second_framework() -> Tree:
    """It asks `walk`, and the question `warned` as before."""
    framework = version_of(FRAMEWORK, "2", missing={"codes": {}})
    framework["indicators"][1]["rule"]["question"] = "walk"
    return framework


MAPPING: Tree = {
    "spec": "mapping/1",
    "form_id": "household",
    "from": "1",
    "to": "2",
    "questions": {"minutes": "walk"},
    "choices": {"yes_no": {"dk": "no"}},
}


@pytest.fixture
def villages(server: Any) -> Villages:
    """Beside the two interviews that were warned, one that did not know, far from the shelter."""
    villages = at_work(server)
    villages.north[Role.ENUMERATOR].send(interview(warned="dk", minutes=90))
    return villages


def _tangguh(villages: Villages, tmp_path: Path, command: str, *documents: Tree) -> Outcome:
    paths = []
    for number, document in enumerate(documents):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(document))
    return call(environment(villages.server.app.state.settings), command, *paths)


def _scores(villages: Villages, version: str) -> dict[str, tuple[int, float | None]]:
    rows = villages.server.enrol(Role.ANALYST).get("/scores", params={"version": version}).json()["scores"]
    return {row["node"]: (row["n"], row["estimate"]) for row in rows}


def _books_balance(villages: Villages, tmp_path: Path) -> bool:
    rebuilt = call(environment(villages.server.app.state.settings), "rebuild", "--check")
    return rebuilt.code == 0 and villages.server.enrol(Role.ADMIN).get("/integrity").json()["ok"]


def test_renamed_question_and_merged_choice_and_untouched_ones(villages: Villages, tmp_path: Path) -> None:
    assert _tangguh(villages, tmp_path, "publish", _second_form(), _second_framework()).code == 0
    before = _scores(villages, "2")
    assert before["shelter"] == (0, None), "nobody was asked under the new name"
    assert before["warning"] == (2, 5), "dk is no choice of the new version"
    first = _scores(villages, "1")
    assert first["shelter"] == (3, pytest.approx(11 / 3))

    done = _tangguh(villages, tmp_path, "publish", MAPPING)
    assert done.out == "published  mapping      household 1 to 2\nscored     3 interviews that were kept before\n"
    after = _scores(villages, "2")
    assert after["shelter"] == (3, pytest.approx(11 / 3)), "renamed"
    assert after["warning"] == (3, pytest.approx(11 / 3)), "merged"
    assert _scores(villages, "1")["shelter"] == first["shelter"], "the old name is still there for who asks it"
    assert _books_balance(villages, tmp_path)


def test_untouched_question_keeps_its_score(villages: Villages, tmp_path: Path) -> None:
    _tangguh(villages, tmp_path, "publish", _second_form(), _second_framework())
    only_choices = {**MAPPING, "questions": {"minutes": None}}
    before = _scores(villages, "1")
    _tangguh(villages, tmp_path, "publish", only_choices)
    assert _scores(villages, "2")["shelter"] == (0, None)
    assert _scores(villages, "1")["shelter"] == before["shelter"]


def test_interviews_that_come_after_the_mapping_are_carried_on_their_way_in(villages: Villages, tmp_path: Path) -> None:
    """An old tablet still asks the old version, a new one the new version: both count in the same score."""
    _tangguh(villages, tmp_path, "publish", _second_form(), MAPPING, _second_framework())
    tablet = villages.north[Role.ENUMERATOR]
    late = interview(warned="dk", minutes=90)
    new = interview(version="2", warned="no", minutes=None, walk=90)
    assert tablet.send(late, new)["summary"]["accepted"] == 2
    scores = _scores(villages, "2")
    assert scores["shelter"] == (5, pytest.approx(13 / 5))
    assert scores["warning"] == (5, pytest.approx(13 / 5))
    assert _books_balance(villages, tmp_path)


def test_publishing_a_mapping_again_changes_nothing_and_another_one_is_refused(
    villages: Villages, tmp_path: Path
) -> None:
    _tangguh(villages, tmp_path, "publish", _second_form(), MAPPING)
    assert _tangguh(villages, tmp_path, "publish", MAPPING).out == "unchanged  mapping      household 1 to 2\n"
    other = _tangguh(villages, tmp_path, "publish", {**MAPPING, "questions": {"minutes": None}})
    assert other.code == 1
    assert "published with other content" in other.out


def test_interrupted_rescoring_is_done_by_the_next_call(villages: Villages, tmp_path: Path) -> None:
    """Between the publication and the scoring, `complete` says that the scores are on their way."""
    _tangguh(villages, tmp_path, "publish", _second_form(), _second_framework())
    villages.server.publish(MAPPING)
    analyst = villages.server.enrol(Role.ANALYST)
    assert analyst.get("/scores").json()["framework"]["complete"] is False
    assert _scores(villages, "2")["shelter"] == (0, None)
    _tangguh(villages, tmp_path, "publish", MAPPING)
    seconds_until(lambda: analyst.get("/scores").json()["framework"]["complete"])
    assert _scores(villages, "2")["shelter"][0] == 3
