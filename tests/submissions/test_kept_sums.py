"""The kept sums are what the interviews that count add up to, after every way in which that changes."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.access.policy import Role
from app.database import Database
from app.scoring import journal, keep
from app.scoring.interviews import interview as interview_of
from app.scoring.queries import load_contributions
from app.scoring.tables import WAITING, ScoreCell, ScoredInterview, ScoreEntry
from app.submissions.incoming import Library
from app.submissions.rebuild import Rebuilding, rebuild
from tests.support.score_rows import score_rows
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview

BY = ["community", "sex"]


@pytest.fixture(params=[0, journal.MOST_BYTES], ids=["in cells", "in the journal"])
def village(server: Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Server:
    monkeypatch.setattr(journal, "MOST_BYTES", request.param)
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    return server


def _interviews(chance: random.Random, count: int) -> list[dict[str, Any]]:
    return [
        interview(
            chance.choice([NORTH, SOUTH]),
            sex=chance.choice(["f", "m", None]),
            weight=chance.choice([0.1, 1 / 3, 1.7, "none"]),
            warned=chance.choice(["yes", "no", "dk", None]),
            round=chance.choice(["1", "2"]),
        )
        for _ in range(count)
    ]


def _cells(database: Database) -> set[tuple[Any, ...]]:
    database.write(journal.fold)
    assert _entries(database) == 0
    with database.read() as session:
        return {tuple(row.model_dump().values()) for row in session.exec(select(ScoreCell))}


def _entries(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(ScoreEntry)).all())


def _waiting(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(ScoredInterview).where(WAITING)).all())


def _assert_exact(server: Server) -> None:
    """Kept sums hold what they should, and scores from them are those of the interviews themselves, to the bit."""
    published = Library.of(server.database).frameworks.find("safety", None)
    assert published is not None
    with server.database.read() as session:
        assert keep.differing(session) == 0
        sample = load_contributions(session, published, None).sample
        rows = session.exec(select(ScoredInterview).where(ScoredInterview.counts)).all()
    contributions = [interview_of(published.framework.order(), row.model_dump()).contribution for row in rows]
    for round_ in (None, "1"):
        asked = score_rows(published.framework, contributions, BY, round_)
        params = {"by": BY, **({"round": round_} if round_ else {})}
        told = server.enrol(Role.ANALYST).get("/scores", params=params).json()["scores"]
        assert sample.interviews == len(rows)
        assert [{name: row[name] for name in asked[0]} for row in told] == [dict(row) for row in asked]


def test_reviews(village: Server) -> None:
    chance, tablet, coordinator = random.Random(4), village.enrol(), village.enrol(Role.COORDINATOR)
    sent = _interviews(chance, 30)
    tablet.send(*sent)
    for state in ("approved", "rejected", "approved", "has_issues"):
        ids = [each["instance_id"] for each in chance.sample(sent, 12)]
        assert coordinator.post("/reviews", json={"state": state, "instance_ids": ids}).status_code == 200
        _assert_exact(village)
    with village.database.read() as session:
        rows = session.exec(select(ScoredInterview).where(ScoredInterview.counts, ScoredInterview.approved)).all()
    assert 0 < len(rows) < len(sent)
    told = village.enrol(Role.ANALYST).get("/scores", params={"include": "approved"}).json()
    assert told["watermark"]["submissions"] == len(rows)


def test_edits_conflicts_and_late_originals(village: Server) -> None:
    chance, tablet = random.Random(1), village.enrol()
    first = _interviews(chance, 30)
    tablet.send(*first)
    edits = [interview(SOUTH, deprecated_id=each["instance_id"], sex="f", weight=2.5) for each in first[:10]]
    tablet.send(*edits, *[interview(NORTH, deprecated_id=each["instance_id"]) for each in first[:3]])
    late = interview(NORTH, sex="m")
    tablet.send(interview(SOUTH, deprecated_id=late["instance_id"]))
    tablet.send(late)
    _assert_exact(village)
    assert _waiting(village.database) == 0


def test_another_framework_and_a_rebuild_leave_the_same_bytes(village: Server) -> None:
    village.enrol().send(*_interviews(random.Random(2), 40))
    before = _cells(village.database)
    assert before
    rebuild(village.database, Rebuilding(Library.of(village.database), check=False))
    assert _cells(village.database) == before
    village.database.write(keep.start_again)
    _assert_exact(village)
    assert _cells(village.database) == set()
    rebuild(village.database, Rebuilding(Library.of(village.database), check=False))
    assert _cells(village.database) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE score_cell SET sums = counts",
        "UPDATE score_cell SET moments = sums WHERE community = 'north.1'",
        "UPDATE score_cell SET psu = 'other'",
        "DELETE FROM score_cell WHERE community = 'south.1'",
        "UPDATE scored_interview SET summed = 0 WHERE community = 'south.1'",
        "UPDATE scored_interview SET content = (SELECT max(content) FROM scored_interview)",
        "UPDATE scored_interview SET content = CAST('damaged' AS BLOB)",
        "DELETE FROM scored_interview WHERE community = 'south.1'",
        "INSERT INTO score_entry SELECT 1, framework_id, framework_version, 1, sums FROM score_cell LIMIT 1",
    ],
)
def test_damage_is_found_and_mended(village: Server, damage: str) -> None:
    village.enrol().send(*_interviews(random.Random(3), 30))
    before = _cells(village.database)
    damage = damage.replace("BLOB", "BLOB" if village.database.embedded else "bytea")
    village.database.write(lambda session: session.execute(text(damage)) and None)
    library = Library.of(village.database)
    assert rebuild(village.database, Rebuilding(library, check=True)).differences["kept_sums"] > 0
    rebuild(village.database, Rebuilding(library, check=False))
    assert rebuild(village.database, Rebuilding(library, check=True)).differences.total() == 0
    assert _cells(village.database) == before
    _assert_exact(village)


def test_tablets_side_by_side(village: Server) -> None:
    chance = random.Random(4)
    first = _interviews(chance, 40)
    tablets = [village.enrol() for _ in range(4)]
    tablets[0].send(*first)

    def fieldwork(number: int) -> None:
        own = random.Random(number)
        for _ in range(8):
            edited = own.sample(first, 3)
            edits = [interview(SOUTH, deprecated_id=each["instance_id"], weight=1.7) for each in edited]
            tablets[number].send(*_interviews(own, 4), *edits)

    with ThreadPoolExecutor(len(tablets)) as pool:
        list(pool.map(fieldwork, range(len(tablets))))
    _assert_exact(village)


def test_a_long_journal_is_folded_by_whoever_makes_it_so(village: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 1_000)
    tablet, entries = village.enrol(), list[int]()
    for item in _interviews(random.Random(6), 40):
        tablet.send(item)
        entries.append(_entries(village.database))
    assert 1 < max(entries) < 20
    assert entries.count(0) > 1
    _assert_exact(village)


@pytest.mark.parametrize("damage", ["DELETE FROM score_entry", "UPDATE score_entry SET changes = framework_id"])
def test_damage_to_the_journal_is_found_and_mended(server: Server, damage: str) -> None:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    server.enrol().send(*_interviews(random.Random(3), 30))
    damage = damage.replace("framework_id", "CAST(framework_id AS bytea)") if not server.database.embedded else damage
    server.database.write(lambda session: session.execute(text(damage)) and None)
    library = Library.of(server.database)
    assert rebuild(server.database, Rebuilding(library, check=True)).differences["kept_sums"] > 0
    rebuild(server.database, Rebuilding(library, check=False))
    assert rebuild(server.database, Rebuilding(library, check=True)).differences.total() == 0
    _assert_exact(server)
