"""Who goes on from the last number of a page misses nobody, whoever commits late."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from app.access.policy import Role
from app.database import Database, settled_seq, take_seqs
from app.database.engines import postgresql_engine
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FORM, NORTH, interview


@contextmanager
def _writing(database: Database) -> Iterator[Session]:
    engine = postgresql_engine(database.url, 1, None)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_number_taken_and_not_yet_kept_ends_the_page(server: Server) -> None:
    server.publish(COMMUNITIES, FORM)
    tablet, analyst = server.enrol(), server.enrol(Role.ANALYST)

    def shown(cursor: int = 0) -> list[int]:
        page = analyst.get("/submissions", params={"cursor": cursor}).json()
        return [each["seq"] for each in page["submissions"]]

    tablet.send(interview(NORTH))
    first = shown()
    assert len(first) == 1
    if server.database.embedded:
        assert settled_seq(server.database) is None
        return
    with _writing(server.database) as slow:
        (taken,) = take_seqs(slow, 1)
        tablet.send(interview(NORTH), interview(NORTH))
        assert shown(first[-1]) == []
        assert settled_seq(server.database) == taken - 1
        slow.rollback()
    assert shown(first[-1]) == [taken + 1, taken + 2]


def test_the_first_of_all_is_waited_for_too(database: Database) -> None:
    if database.embedded:
        return
    with _writing(database) as slow:
        assert take_seqs(slow, 2) == [1, 2]
        assert settled_seq(database) == 0
        slow.commit()
    assert settled_seq(database) == 2
