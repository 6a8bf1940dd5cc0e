"""`tangguh rebuild`: what is derived equals what the raw bytes say, or is mended."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.access.policy import Role
from app.scoring.contribution import Content
from app.scoring.tables import ScoredInterview
from app.submissions.tables import Submission
from tests.cli.conftest import Tangguh
from tests.support.server import Server
from tests.support.village import at_work, interview

TAMPERINGS = {
    "submission": "UPDATE submission SET community = 'north.1', enumerator = 'nobody'",
    "contribution": "UPDATE scored_interview SET synthetic = NOT synthetic",
    "state": "UPDATE submission SET state = 'superseded' WHERE deprecated_id IS NOT NULL",
}


@pytest.fixture
def scores(server: Server) -> Callable[[], object]:
    """A fieldwork with an edit and a refusal, and what its scores are now."""
    villages = at_work(server)
    first = interview(minutes=30)
    edit = interview(minutes=90, deprecated_id=first["instance_id"])
    villages.north[Role.ENUMERATOR].send(first, edit, interview(consent="no"))
    analyst = server.enrol(Role.ANALYST)
    return lambda: analyst.get("/scores", params={"by": "community"}).json()["scores"]


def test_untouched_there_is_nothing_to_mend(scores: Callable[[], object], tangguh: Tangguh) -> None:
    before = scores()
    for arguments in (["--check"], [], ["--check"]):
        done = tangguh("rebuild", *arguments)
        assert (done.code, done.err) == (0, "")
        assert done.out == "5 interviews derived again; differences: none\n"
    assert scores() == before


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_named_and_mended(
    scores: Callable[[], object], server: Server, tangguh: Tangguh, kind: str
) -> None:
    before = scores()
    server.database.write(lambda session: _execute(session, TAMPERINGS[kind]))
    found = tangguh("rebuild", "--check")
    assert found.code == 1
    assert f" {kind}" in found.out
    assert tangguh("rebuild", "--check").out == found.out, "checking mends nothing"
    mended = tangguh("rebuild", "--json")
    assert mended.code == 0
    assert mended.json["differences"][kind] > 0
    assert tangguh("rebuild", "--check", "--json").json == {"interviews": 5, "differences": {}}
    assert scores() == before


def test_lost_contributions_come_back(scores: Callable[[], object], server: Server, tangguh: Tangguh) -> None:
    before = scores()
    for table in ("scored_interview", "score_cell", "score_entry"):
        server.database.write(lambda session, lost=table: _execute(session, f"DELETE FROM {lost}"))
    assert scores() != before
    assert tangguh("rebuild").out == "5 interviews derived again; differences: 4 contribution\n"
    assert scores() == before


def test_contributions_of_no_interview_are_taken_out(
    scores: Callable[[], object], server: Server, tangguh: Tangguh
) -> None:
    before = scores()
    server.database.write(lambda session: _execute(session, "UPDATE scored_interview SET seq = seq + 1000"))
    assert "8 contribution" in tangguh("rebuild", "--check").out, "four lost ones, and four of nobody"
    assert tangguh("rebuild").code == 0
    assert tangguh("rebuild", "--check").code == 0
    assert scores() == before


def test_contents_as_earlier_releases_wrote_them_are_no_damage(
    scores: Callable[[], object], server: Server, tangguh: Tangguh
) -> None:
    before = scores()
    server.database.write(_write_scores_with_a_decimal_point)
    assert tangguh("rebuild", "--check").out == "5 interviews derived again; differences: none\n"
    assert scores() == before


def test_sums_of_nobody_are_named_and_mended(scores: Callable[[], object], server: Server, tangguh: Tangguh) -> None:
    before = scores()
    server.database.write(lambda session: _execute(session, "DELETE FROM scored_interview"))
    assert " kept_sums" in tangguh("rebuild", "--check").out
    assert tangguh("rebuild").code == 0
    assert tangguh("rebuild", "--check").code == 0
    assert scores() == before


def test_raw_bytes_that_are_not_those_received_are_named(
    scores: Callable[[], object], server: Server, tangguh: Tangguh
) -> None:
    """Such damage cannot be mended here: only the tablet or a backup has the right bytes."""
    scores()
    server.database.write(_change_an_answer_in_the_raw_bytes)
    found = tangguh("rebuild", "--check")
    assert found.code == 1
    assert "1 raw_bytes" in found.out


def _change_an_answer_in_the_raw_bytes(session: Session) -> None:
    row = session.exec(select(Submission).where(col(Submission.seq) == 1)).one()
    assert row.raw is not None
    row.raw = row.raw.replace(b"Warga Contoh", b"Warga Conto!")


def _write_scores_with_a_decimal_point(session: Session) -> None:
    rows = session.exec(select(ScoredInterview)).all()
    before = [row.content for row in rows]
    for row in rows:
        content = Content.loaded(row.content)
        values = [float(value) if isinstance(value, int) else value for value in content.values]
        row.content = content._replace(values=values).dumped()
    assert [row.content for row in rows] != before


def _execute(session: Session, statement: str) -> None:
    session.execute(text(statement))
