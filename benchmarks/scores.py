"""What scores cost: to read them from few and from many interviews, and what they add to the intake."""

import argparse
import math
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, stdev
from time import process_time
from typing import Any, Self

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
READINGS, SERVERS = 5, 3
SLICE_SECONDS = 0.5
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
    """Processor microseconds of the server an interview in such batches, where a framework reads its form and where
    none does; `added` is the share by which they differ, and `error` the standard error of this share.
    """

    batch: int
    on_us: float
    off_us: float
    added: float
    error: float

    @classmethod
    def of(cls, batch: int, turns: Sequence[tuple[Load, Load]]) -> Self:
        on, off = (_cost(together(loads)) for loads in zip(*turns, strict=True))
        shares = [_cost(one) / _cost(other) - 1 for one, other in turns]
        return cls(batch, on, off, on / off - 1, stdev(shares) / len(shares) ** 0.5)


def _cost(load: Load) -> float:
    return 1e6 * load.cpu / load.interviews


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
        seconds, servers = (0.2, 1) if options.quick else (options.seconds, SERVERS)
        intakes = _intakes(options.database_url, Path(scratch), seconds, servers)
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
            values=[chance.randint(1, 5) for _ in surveyed],
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


def _intakes(url: str, folder: Path, seconds: float, servers: int) -> list[Intake]:
    """The same interviews to the same server under the name of a form that the framework reads, and under that of one
    that no framework reads.

    In short turns: two processes of the same program differ by some per cent for as long as they live, and a processor
    that others use too from one quarter of a minute to the next.
    """
    read = open_instrument("all")
    both = read, read.unread()
    turns = max(2, round(seconds / servers / (2 * SLICE_SECONDS)))
    costs: dict[int, list[tuple[Load, Load]]] = {batch: [] for batch in BATCHES}
    for _ in range(servers):
        with new_database(url, folder) as own, serving(both[1], own, folder) as service:
            for batch, loads in costs.items():
                _turn(service, both, batch, seconds / servers / turns)
                loads += [_turn(service, both, batch, seconds / servers / turns) for _ in range(turns)]
    return [Intake.of(batch, loads) for batch, loads in costs.items()]


def _turn(service: Service, both: Sequence[Instrument], batch: int, seconds: float) -> tuple[Load, Load]:
    """So long with the one and with the other, in halves and mirrored: what becomes slower meanwhile, does for both."""
    one, other, again, last = (_send(service, both[place], batch, seconds / 2) for place in (0, 1, 1, 0))
    return together([one, last]), together([other, again])


def _send(service: Service, instrument: Instrument, batch: int, seconds: float) -> Load:
    tablets = [Tablet(instrument, batch, token) for token in service.tokens[: BATCHES[batch]]]
    return load(service, tablets, NEW, seconds, math.inf)


def _lines(readings: Sequence[Reading], intakes: Sequence[Intake]) -> list[str]:
    lines = ["| PSU | stored | cells | read ms | x the first |", "| --- | --: | --: | --: | --: |"]
    first = {each.psu: each.read_ms for each in reversed(readings)}
    lines += [
        f"| {each.psu} | {each.stored:,} | {each.cells} | {each.read_ms:.1f} | {each.read_ms / first[each.psu]:.2f} |"
        for each in readings
    ]
    lines += ["", "| batch | CPU µs with scores | without | scores add |", "| --: | --: | --: | --: |"]
    return lines + [
        f"| {each.batch}x{BATCHES[each.batch]} | {each.on_us:,.0f} | {each.off_us:,.0f} "
        f"| {each.added:.1%} ± {each.error:.1%} |"
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
