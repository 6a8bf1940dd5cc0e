"""Hostile bodies: each gets the answer named in its table, harms no neighbour, and means the same on both databases."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.monitoring.integrity import integrity
from app.scoring.tables import ScoredInterview
from app.submissions.incoming import Library
from app.submissions.tables import SetAside, Submission
from tests.submissions.both import tablets_of_both
from tests.submissions.hostile_envelopes import HOSTILE_ENVELOPES, JSON
from tests.submissions.hostile_items import GOOD, HOSTILE_ITEMS, as_bytes
from tests.support.postgres import Postgres
from tests.support.server import Caller

NOT_THE_SAME_TWICE = {"received_at", "device_id"}


@pytest.fixture(scope="module")
def tablets(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, postgres: Postgres
) -> Iterator[list[Caller]]:
    with tablets_of_both(tmp_path_factory.mktemp("both"), sqlite_template, postgres) as tablets:
        yield tablets


def id_for(name: str) -> str:
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}"


def batch(*names: str) -> bytes:
    """A batch in which each of these hostile items stands between good ones."""
    items = []
    for name in names:
        items.append(as_bytes(GOOD, id_for(f"before {name}")))
        items.append(as_bytes(HOSTILE_ITEMS[name][0], id_for(name)))
    items.append(as_bytes(GOOD, id_for(f"after {names[-1]}")))
    return b'{"batch_id": "%s", "items": [%s]}' % (id_for(names[0]).encode(), b", ".join(items))


def told(receipt: dict[str, Any]) -> str:
    problem = receipt["problem"] or {}
    assert problem.get("retry", "never") in ("later", "never", "after_fix")
    return " ".join(filter(None, (receipt["status"], problem.get("reason") or problem.get("slug"))))


@pytest.mark.parametrize("name", HOSTILE_ITEMS)
def test_a_hostile_item_harms_no_neighbour(tablets: list[Caller], name: str) -> None:
    for tablet in tablets:
        answer = tablet.post("/batches", content=batch(name), headers=JSON)
        assert answer.status_code == 200, answer.text
        before, hostile, after = answer.json()["receipts"]
        assert (told(before), told(hostile), told(after)) == ("accepted", HOSTILE_ITEMS[name][1], "accepted")
        assert len(answer.content) < 200_000


@pytest.mark.parametrize("name", HOSTILE_ENVELOPES)
def test_a_hostile_envelope_is_refused_as_a_whole(tablets: list[Caller], name: str) -> None:
    envelope = HOSTILE_ENVELOPES[name]
    instance_id = id_for(f"inside of {name}")
    body = envelope.body(id_for(name), as_bytes(GOOD, instance_id).decode())
    for tablet in tablets:
        answer = tablet.post("/batches", content=body, headers={**JSON, **envelope.headers})
        problem = answer.json() if answer.status_code >= 400 else {}
        assert f"{answer.status_code} {problem.get('slug', '')}".strip() == envelope.expected, answer.text
        have = tablet.post("/instances/have", json={"instance_ids": [instance_id]}).json()
        assert have["instances"][0]["state"] == ("missing" if problem else "kept")
        if problem:
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["retry"] in ("later", "never", "after_fix")
            assert set(problem["message"]) == {"id", "en"}


def test_both_databases_keep_the_same(tmp_path: Path, sqlite_template: Path, postgres: Postgres) -> None:
    with tablets_of_both(tmp_path, sqlite_template, postgres) as tablets:
        kept = [_everything_sent(tablet) for tablet in tablets]
    assert kept[0] == kept[1]
    assert len(kept[0]["Submission"]) > len(HOSTILE_ITEMS)


def _everything_sent(tablet: Caller) -> dict[str, list[dict[str, Any]]]:
    names = list(HOSTILE_ITEMS)
    for start in range(0, len(names), 40):
        some = names[start : start + 40]
        answer = tablet.post("/batches", content=batch(*some), headers=JSON)
        assert answer.json()["summary"]["accepted"] > len(some)
    database = tablet.client.app.state.database  # type: ignore[attr-defined]
    assert integrity(database, Library.of(database))["ok"]
    with database.read() as session:
        return {
            table.__name__: sorted(
                (row.model_dump(exclude=NOT_THE_SAME_TWICE) for row in session.exec(select(table))), key=repr
            )
            for table in (Submission, SetAside, ScoredInterview)
        }
