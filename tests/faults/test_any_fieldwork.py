"""A thousand fieldworks with wrong clocks, lost answers, doubled requests, crashes and restored servers: in each of
them the server keeps and says exactly what a plain reference says, and all that tablets were told stays true."""

import uuid
from collections.abc import Iterator

import pytest

from tests.faults.fieldwork import play_one
from tests.faults.place import OnPostgresql, Place
from tests.support.postgres import Postgres
from tests.support.promises import broken

RUNS = {"sqlite": 1_000, "postgresql": 60}
PARTS = 4
"""Parts of the thousand, so that they can be played side by side."""

LOOKED_AT = 50
"""How often the checker of all harnesses looks as well: it reads everything anew, which takes as long as ten runs."""


@pytest.fixture
def postgresql_place(postgres: Postgres, quiet: None) -> Iterator[Place]:
    name = f"fieldwork_{uuid.uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE template_tangguh")
    place = OnPostgresql(postgres.url(name))
    yield place
    place.close()
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def play(place: Place, seed: int, runs: range) -> None:
    for run in runs:
        fieldwork = play_one(place, seed, run)
        if run % LOOKED_AT == 0:
            assert broken(place.url, fieldwork.told) == [], fieldwork.seed


@pytest.mark.parametrize("part", range(PARTS))
def test_any_fieldwork_on_sqlite(sqlite_place: Place, seed: int, soak: int, part: int) -> None:
    play(sqlite_place, seed, range(part, soak * RUNS["sqlite"], PARTS))


def test_any_fieldwork_on_postgresql(postgresql_place: Place, seed: int, soak: int) -> None:
    play(postgresql_place, seed, range(soak * RUNS["postgresql"]))
