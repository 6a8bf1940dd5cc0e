"""What a server has kept, read without any of its own queries."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.database.engines import sqlite


@dataclass(frozen=True)
class Kept:
    """The bytes of interviews, whether they count or wait, and the files, by name, in the order of arrival."""

    interviews: list[bytes]
    files: list[tuple[str, bytes]]


def kept_in(url: str, store: Path) -> Kept:
    if url.startswith("sqlite"):
        # Not Python's own: where the server runs in this process, a second SQLite would undo the locks of the first.
        engine = create_engine(url, module=sqlite)
    else:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    every = "SELECT raw FROM submission WHERE sha256 IS NOT NULL UNION ALL SELECT raw FROM set_aside"
    named = "SELECT name, sha256 FROM attachment ORDER BY received_at, name"
    with engine.connect() as connection:
        interviews = [bytes(raw) for (raw,) in connection.execute(text(every))]
        files = [(name, bytes(sha256).hex()) for name, sha256 in connection.execute(text(named))]
    engine.dispose()
    return Kept(interviews, [(name, (store / sha256[:2] / sha256).read_bytes()) for name, sha256 in files])
