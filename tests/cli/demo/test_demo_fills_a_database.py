from pathlib import Path

import pytest
import typer
from sqlmodel import col, func, select

from app.access.tables import Holder, Token
from app.cli.demo import fill
from app.cli.documents import publish, read_documents
from app.database import Database
from app.settings import Settings
from app.submissions.tables import Heartbeat, Submission

SURVEY_FORMS = Path(__file__).parents[3] / "survey_forms"


@pytest.fixture
def published(database: Database) -> Database:
    reading = read_documents([SURVEY_FORMS / "ucra", SURVEY_FORMS / "communities"], None)
    database.write(lambda session: publish(session, reading.documents))
    return database


def test_every_interview_is_kept_once_and_marked_as_synthetic(settings: Settings, published: Database) -> None:
    told: list[int] = []
    tally = fill(settings, 80, 1, None, told.append)
    assert (tally.interviews, tally.accepted, tally.edited) == (80, 80, tally.corrections)
    assert tally.items == tally.accepted + tally.edited + tally.duplicate
    assert told[-1] == 80
    with published.read() as session:
        states = dict(session.exec(select(Submission.state, func.count()).group_by(col(Submission.state))).all())
        assert states == {"current": 80, "superseded": tally.corrections}
        assert session.exec(select(func.count()).where(~col(Submission.synthetic))).one() == 0
        assert session.exec(select(func.sum(Heartbeat.outbox))).one() == 0


def test_playing_it_again_adds_nothing(settings: Settings, published: Database) -> None:
    first, again = (fill(settings, 20, 1, None, lambda _: None) for _ in range(2))
    assert (again.accepted, again.edited, again.duplicate) == (0, 0, first.items)


def test_its_tokens_end_with_it(settings: Settings, published: Database) -> None:
    for _ in range(2):
        fill(settings, 5, 1, None, lambda _: None)
    with published.read() as session:
        assert set(session.exec(select(Holder.name))) == {"demo-tablet-1", "demo-tablet-2"}
        assert all(token.revoked_at for token in session.exec(select(Token)))


def test_without_the_form_it_says_what_to_do(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        fill(settings, 5, 1, None, lambda _: None)
    assert "tangguh publish survey_forms" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told(
    settings: Settings, published: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        fill(settings, 5, 1, "http://127.0.0.1:9", lambda _: None)
    assert "http://127.0.0.1:9 does not answer" in capsys.readouterr().err
    with published.read() as session:
        assert all(token.revoked_at for token in session.exec(select(Token)))
