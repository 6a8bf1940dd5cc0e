"""Working by what is published at the moment of the work."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from app.database import Database, generation
from app.submissions.incoming import Library
from app.submissions.intake import OutOfDate

T = TypeVar("T")


def write_by_library(database: Database, library: Callable[[], Library], work: Callable[[Session, Library], T]) -> T:
    """Run the work in a transaction in which the library is up to date, and wait until it is on disk."""
    while True:
        known = database.generation()
        published = library()

        def up_to_date(session: Session, known: int = known, published: Library = published) -> T:
            if generation(session) != known:
                raise OutOfDate
            return work(session, published)

        try:
            return database.write(up_to_date)
        except OutOfDate:
            database.look_again()
