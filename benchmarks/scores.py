"""What scores cost: to read them from few and from many interviews, and what they add to the intake."""

import argparse
import math
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

from app.cli.documents import publish
from app.cli.screen import err, out, show_json
from app.database import Database
from app.scoring.catalogue import Frameworks, PublishedFramework
from app.scoring.contribution import Content
from app.scoring.inquiry import Scope, inquire
from app.scoring.placement import Placement
from app.scoring.tell import tell_scores
from app.settings import Settings
from app.submissions.queries import insert_contributions
from benchmarks.machine import describe
from benchmarks.rig.interviews import Instrument, Tablet, open_instrument
from benchmarks.rig.load import NEW, Load, load, together
from benchmarks.rig.serving import Service, new_database, serving
from benchmarks.rig.telling import fill_readme

CHUNK = 1000
READINGS, TURNS = 5, 3
BATCHES = {1: 16, 50: 4}
"""How many tablets send at once, by the interviews of a batch."""
COMMUNITIES, PSUS = ("33.74.02.1008", "33.74.01.1003", "33.74.13.1005"), 6


@dataclass(frozen=True)
class Reading:
    """Processor milliseconds to read the scores of all communities of `cells` cells that hold `stored` interviews."""

    psu: str
    stored: int
    cells: int
    read_ms: float


@dataclass(frozen=True)
class Intake:
    """Processor microseconds of the server an interview in such batches, with its framework published and without."""

    batch: int
    on_us: float
    off_us: float

    @property
    def added(self) -> float:
        return self.on_us / self.off_us - 1


def main(arguments: Sequence[str]) -> None:
    """Measure and tell; `--help` says what may be chosen."""
    options = _options().parse_args(arguments)
    folder = Settings().data
    folder.mkdir(parents=True, exist_ok=True)
    stored = options.stored or ([200, 1_000] if options.quick else [1_000, 100_000])
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as scratch:
        machine = describe(options.database_url, Path(scratch))
        readings = [
            each for psu in ("declared", "none") for each in _readings(options.database_url, Path(scratch), psu, stored)
        ]
        seconds, turns = (0.2, 1) if options.quick else (options.seconds, TURNS)
        intakes = _intakes(options.database_url, Path(scratch), seconds, turns)
    if options.json:
        show_json(
            {
                "machine": machine,
                "readings": [asdict(each) for each in readings],
                "intake": [asdict(each) for each in intakes],
            }
        )
        return
    lines = _lines(readings, intakes)
    out.print("\n".join(lines), markup=False)
    if options.write_readme:
        kind = "sqlite" if machine["database"].startswith("SQLite") else "postgresql"
        figures = "\n".join([*(f"- {name}: {value}" for name, value in machine.items()), "", *lines])
        err.print(f"wrote {fill_readme(f'scores on {kind}', figures)}")


def _readings(url: str, folder: Path, psu: str, stored: Sequence[int]) -> Iterator[Reading]:
    """The scores of UCRA, the same database filled further and further; the frame of PSUs stays as it is."""
    with _published(url, folder) as (database, framework):
        rows = _rows(framework, psu)
        have = 0
        for wanted in sorted(stored):
            while have < wanted:
                count = min(CHUNK, wanted - have)
                chunk = [{**next(rows), "seq": have + number + 1} for number in range(count)]
                database.write(lambda session, chunk=chunk: insert_contributions(session, chunk))  # type: ignore[misc]
                have += count
            yield _read(database, framework, psu, have)


def _read(database: Database, framework: PublishedFramework, psu: str, stored: int) -> Reading:
    took = []
    for _ in range(READINGS):
        began = process_time()
        with database.read() as session:
            inquiry = inquire(session, framework, Scope(), None, {})
        tell_scores(inquiry, ["community"])
        took.append(1000 * (process_time() - began))
    assert inquiry.asked.interviews == stored
    return Reading(psu, stored, len(inquiry.asked.tallies), median(took))


@contextmanager
def _published(url: str, folder: Path) -> Iterator[tuple[Database, PublishedFramework]]:
    with new_database(url, folder) as own:
        database = Database(own)
        try:
            database.migrate()
            database.write(lambda session: publish(session, open_instrument("all").documents))
            framework = Frameworks(database).find("ucra", None)
            assert framework is not None
            yield database, framework
        finally:
            database.close()


def _rows(framework: PublishedFramework, psu: str) -> Iterator[dict[str, Any]]:
    """Contributions of households of a few PSUs, every indicator that is asked of them answered."""
    chance = Random(1)
    surveyed = [each for each in framework.framework.indicators if each.source == "survey"]
    while True:
        community = chance.choice(COMMUNITIES)
        place = Placement(
            weight=1.0,
            stratum=community,
            psu=str(chance.randrange(PSUS)) if psu == "declared" else None,
            ssu=None,
            fpc_psu=None,
            fpc_ssu=None,
            dimensions=[("respondent_sex", chance.choice("fm"))],
        )
        content = Content(
            place,
            values=[float(chance.randint(1, 5)) for _ in surveyed],
            items={},
            inputs={},
        )
        yield {
            "instance_id": uuid.UUID(int=chance.getrandbits(128)),
            "framework_id": framework.framework.id,
            "framework_version": framework.framework.version,
            "received_at": datetime.now(UTC),
            "community": community,
            "round": None,
            "counts": True,
            "approved": False,
            "synthetic": False,
            "content": content.dumped(),
        }


def _intakes(url: str, folder: Path, seconds: float, turns: int) -> list[Intake]:
    """The same interviews to a server with the framework and to one without.

    Each turn has servers of its own: two processes of the same program differ by some per cent as long as they live.
    """
    scored = open_instrument("all")
    unscored = replace(scored, documents=[each for each in scored.documents if each.kind != "framework"])
    loads: dict[int, list[list[Load]]] = {batch: [] for batch in BATCHES}
    for _ in range(turns):
        with _serving(url, folder, scored) as on, _serving(url, folder, unscored) as off:
            for batch, own in loads.items():
                own.append([_sent(service, scored, batch, seconds / turns) for service in (on, off)])
    return [Intake(batch, *map(_cost, zip(*own, strict=True))) for batch, own in loads.items()]


def _cost(loads: Sequence[Load]) -> float:
    whole = together(loads)
    return 1e6 * whole.cpu / whole.interviews


def _sent(service: Service, instrument: Instrument, batch: int, seconds: float) -> Load:
    _send(service, instrument, batch, seconds / 4)
    return _send(service, instrument, batch, seconds)


def _send(service: Service, instrument: Instrument, batch: int, seconds: float) -> Load:
    tablets = [Tablet(instrument, batch, token) for token in service.tokens[: BATCHES[batch]]]
    return load(service, tablets, NEW, seconds, math.inf)


@contextmanager
def _serving(url: str, folder: Path, instrument: Instrument) -> Iterator[Service]:
    with new_database(url, folder) as own, serving(instrument, own, folder) as service:
        yield service


def _lines(readings: Sequence[Reading], intakes: Sequence[Intake]) -> list[str]:
    lines = ["| PSU | stored | cells | read ms | x the first |", "| --- | --: | --: | --: | --: |"]
    first = {each.psu: each.read_ms for each in reversed(readings)}
    lines += [
        f"| {each.psu} | {each.stored:,} | {each.cells} | {each.read_ms:.1f} | {each.read_ms / first[each.psu]:.2f} |"
        for each in readings
    ]
    lines += ["", "| batch | CPU µs with scores | without | scores add |", "| --: | --: | --: | --: |"]
    return lines + [
        f"| {each.batch}x{BATCHES[each.batch]} | {each.on_us:,.0f} | {each.off_us:,.0f} | {each.added:.0%} |"
        for each in intakes
    ]


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("tangguh bench scores", description=__doc__)
    options.add_argument("--database-url", default="", help="a PostgreSQL; databases are created there and dropped")
    options.add_argument("--stored", action="append", type=int, help="interviews to read from (1000 and 100000)")
    options.add_argument("--seconds", type=float, default=15, help="how long each line of the intake is measured (15)")
    options.add_argument("--quick", action="store_true", help="see in seconds that it runs; the figures mean little")
    options.add_argument("--json", action="store_true", help="print JSON, for programs")
    options.add_argument("--write-readme", action="store_true", help="put the figures into benchmarks/README.md")
    return options
