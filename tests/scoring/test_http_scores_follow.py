"""Scores are fresh at the answer: whatever a batch changes is in the next `GET /scores`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.commands import call, environment
from tests.support.server import Server
from tests.support.village import FRAMEWORK, Villages, at_work, interview, version_of

Scores = Callable[..., tuple[int, float]]


@pytest.fixture
def villages(server: Server) -> Villages:
    return at_work(server)


@pytest.fixture
def scores(villages: Villages) -> Scores:
    """How many interviews the warning's estimate rests on, and the estimate."""
    analyst = villages.server.enrol(Role.ANALYST)

    def ask(**parameters: str) -> tuple[int, float]:
        rows = analyst.get("/scores", params=parameters).json()["scores"]
        row = next(row for row in rows if row["node"] == "warning")
        return row["n"], row["estimate"]

    return ask


def test_a_new_interview_counts_once(villages: Villages, scores: Scores) -> None:
    assert scores() == (2, 5)
    new = interview(warned="no")
    for _ in range(2):
        villages.north[Role.ENUMERATOR].send(new)
        assert scores() == (3, 11 / 3)


def test_refusals_are_not_scored(villages: Villages, scores: Scores) -> None:
    villages.north[Role.ENUMERATOR].send(interview(consent="no", warned="no"))
    assert scores() == (2, 5)


def test_held_interviews_are_not_scored(villages: Villages, scores: Scores) -> None:
    villages.north[Role.ENUMERATOR].send(interview("nowhere", warned="no"))
    assert scores() == (2, 5)


def test_an_edit_replaces_what_it_edits(villages: Villages, scores: Scores) -> None:
    original = villages.items["north"]["instance_id"]
    edit = interview(warned="no", deprecated_id=original)
    villages.north[Role.ENUMERATOR].send(edit)
    assert scores() == (2, 3)
    villages.north[Role.ENUMERATOR].send(interview(warned="yes", deprecated_id=edit["instance_id"]))
    assert scores() == (2, 5)


def test_an_edit_may_come_before_what_it_edits(villages: Villages, scores: Scores) -> None:
    late = interview(warned="yes")
    villages.north[Role.ENUMERATOR].send(interview(warned="no", deprecated_id=late["instance_id"]))
    assert scores() == (3, 11 / 3)
    villages.north[Role.ENUMERATOR].send(late)
    assert scores() == (3, 11 / 3)


def test_of_two_edits_the_first_counts_until_somebody_decides(villages: Villages, scores: Scores) -> None:
    original = villages.items["north"]["instance_id"]
    for warned in ("no", "yes"):
        villages.north[Role.ENUMERATOR].send(interview(warned=warned, deprecated_id=original))
        assert scores() == (2, 3)


def test_of_two_contents_under_one_id_the_first_counts(villages: Villages, scores: Scores) -> None:
    villages.north[Role.ENUMERATOR].send(interview(warned="no", instance_id=villages.items["north"]["instance_id"]))
    assert scores() == (2, 5)


def test_an_edit_into_a_refusal_takes_the_scores_away(villages: Villages, scores: Scores) -> None:
    original = villages.items["north"]["instance_id"]
    villages.north[Role.ENUMERATOR].send(interview(consent="no", respondent=None, deprecated_id=original))
    assert scores() == (1, 5)


def test_new_framework_version_scores_what_is_kept_and_the_old_one_stays(
    villages: Villages, scores: Scores, tmp_path: Path
) -> None:
    softer: Any = version_of(FRAMEWORK, "2")
    softer["indicators"][0]["rule"]["map"] = {"yes": 4, "no": 2}
    path = tmp_path / "framework.json"
    path.write_text(json.dumps(softer))
    done = call(environment(villages.server.app.state.settings), "publish", path)
    assert done.out == "published  framework    safety 2\nscored     2 interviews that were kept before\n"
    assert scores() == scores(version="2") == (2, 4)
    assert scores(version="1") == (2, 5)
    villages.north[Role.ENUMERATOR].send(interview(warned="no"))
    assert scores(version="2") == (3, 10 / 3)
    assert scores(version="1") == (3, 11 / 3)
    again = call(environment(villages.server.app.state.settings), "publish", path)
    assert again.out == "unchanged  framework    safety 2\n"
