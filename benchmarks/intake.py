"""How many interviews a second are kept, beside the raw limit of the database that was measured around it."""

import argparse
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.cli.screen import err, progress, show_json
from app.settings import Settings
from benchmarks.machine import describe
from benchmarks.rig.figures import Case, Figures, Growth
from benchmarks.rig.interviews import MODES, Instrument, Tablet, open_instrument
from benchmarks.rig.limits import RawLimit, raw_limit
from benchmarks.rig.load import AGAIN, NEW, OTHER, Load, Sending, load, together
from benchmarks.rig.profiling import profiled
from benchmarks.rig.serving import Service, new_database, serving
from benchmarks.rig.telling import show, write_readme

TABLETS = {1: 16, 50: 4, 500: 4}
"""How many tablets send at once, by the size of their batches."""

GROWTH_MODE, GROWTH_BATCH = "all", 50
"""How a server that has stored a lot is compared with an empty one."""

REPEATS_MODE, REPEATS_BATCH = "keep", 50
"""How interviews that come again are compared with new ones."""

TURNS = 3


@dataclass(frozen=True)
class Plan:
    """What to measure, and for how many seconds each. Without a `url` it is SQLite in the folder."""

    folder: Path
    url: str
    modes: Sequence[str]
    batches: Sequence[int]
    stored: int
    seconds: float
    profile: Path | None


@dataclass
class Stand:
    """A server with an instrument and, on the same disk, a raw limit with rows of the same size."""

    plan: Plan
    instrument: Instrument
    service: Service
    limit: RawLimit
    stored: int = 0

    def measure(self, batch: int) -> Case:
        self.warm_up(batch)
        return self.case(NEW, self.tablets(batch))

    def measure_repeats(self, batch: int) -> Iterator[Case]:
        """What was kept is sent again, then with another answer under the same id."""
        tablets = self.tablets(batch)
        self.send(tablets, seconds=self.plan.seconds)
        for sending in (AGAIN, OTHER):
            yield self.case(sending, tablets)

    def case(self, sending: Sending, tablets: Sequence[Tablet]) -> Case:
        batch, stored = tablets[0].size, self.stored
        before = self.raw_rate(batch)
        with profiled(self.service.pid, self.plan.profile, f"{self.instrument.mode}-{sending.name}-{batch}"):
            got = self.send(tablets, sending, self.plan.seconds)
        return self.told(sending, batch, stored, got, before, self.raw_rate(batch))

    def told(
        self, sending: Sending, batch: int, stored: int, got: Load, limit_before: float, limit_after: float
    ) -> Case:
        return Case(
            mode=self.instrument.mode,
            sent=sending.name,
            batch=batch,
            tablets=TABLETS[batch],
            stored=stored,
            rate=got.rate,
            limit_before=limit_before,
            limit_after=limit_after,
            cpu_us=1e6 * got.cpu / got.interviews,
            p50_ms=1000 * got.wait(0.50),
            p95_ms=1000 * got.wait(0.95),
            p99_ms=1000 * got.wait(0.99),
            get_p99_ms=1000 * got.get_wait(0.99),
            memory_mb=self.service.memory_mb()[1],
            sender_share=got.sender_share,
        )

    def tablets(self, batch: int, number: int | None = None) -> list[Tablet]:
        tokens = self.service.tokens[: number or TABLETS[batch]]
        return [Tablet(self.instrument, batch, token) for token in tokens]

    def warm_up(self, batch: int) -> None:
        self.send(self.tablets(batch, 1), seconds=self.plan.seconds / 20)

    def raw_rate(self, batch: int) -> float:
        return self.limit.rate(batch, TABLETS[batch], self.plan.seconds / 5)

    def send(
        self,
        tablets: Sequence[Tablet],
        sending: Sending = NEW,
        seconds: float = math.inf,
        interviews: float = math.inf,
    ) -> Load:
        got = load(self.service, tablets, sending, seconds, interviews)
        self.stored += got.interviews if sending is NEW else 0
        return got


def main(arguments: Sequence[str]) -> None:
    """Measure and tell; `--help` says what may be chosen."""
    options = _options().parse_args(arguments)
    folder = Settings().data
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as scratch:
        plan = Plan(
            folder=Path(scratch),
            url=options.database_url,
            modes=options.mode or tuple(MODES),
            batches=options.batch or tuple(TABLETS),
            stored=options.stored if options.stored is not None else 200 if options.quick else 20_000,
            seconds=options.seconds or (0.1 if options.quick else 6),
            profile=options.profile,
        )
        figures = run(plan)
    if options.json:
        show_json(figures.document())
    else:
        show(figures)
    if options.write_readme:
        err.print(f"wrote {write_readme(figures)}")


def run(plan: Plan) -> Figures:
    machine = describe(plan.url, plan.folder)
    cases: list[Case] = []
    lines = len(plan.modes) * len(plan.batches) + 2 * _repeats(plan) + 2 * bool(plan.stored)
    with progress("Measuring", lines) as tell:
        for case in _cases(plan):
            cases.append(case)
            tell(len(cases))
    growth = Growth(*cases[-2:]) if plan.stored else None
    return Figures(machine, plan.seconds, _idle(plan), cases[:-2] if growth else cases, growth)


def _repeats(plan: Plan) -> bool:
    return REPEATS_MODE in plan.modes and REPEATS_BATCH in plan.batches


def _cases(plan: Plan) -> Iterator[Case]:
    for mode in plan.modes:
        with _stand(plan, mode) as stand:
            for batch in plan.batches:
                yield stand.measure(batch)
    if _repeats(plan):
        with _stand(plan, REPEATS_MODE) as stand:
            yield from stand.measure_repeats(REPEATS_BATCH)
    if plan.stored:
        with _stand(plan, GROWTH_MODE) as empty, _stand(plan, GROWTH_MODE) as full:
            full.send(full.tablets(500), interviews=plan.stored)
            yield from _in_turns(empty, full)


def _idle(plan: Plan) -> float:
    """Memory of a server that has started and does nothing."""
    with _stand(plan, GROWTH_MODE) as stand:
        return stand.service.memory_mb()[0]


def _in_turns(empty: Stand, full: Stand) -> Iterator[Case]:
    """Both measured in short turns, so that whatever else the machine does meets both."""
    batch, stands = GROWTH_BATCH, (empty, full)
    for stand in stands:
        stand.warm_up(batch)
    stored = [stand.stored for stand in stands]
    before = empty.raw_rate(batch)
    seconds = empty.plan.seconds / len(stands) / TURNS
    turns = [[stand.send(stand.tablets(batch), seconds=seconds) for stand in stands] for _ in range(TURNS)]
    after = empty.raw_rate(batch)
    for stand, was_stored, loads in zip(stands, stored, zip(*turns, strict=True), strict=True):
        yield stand.told(NEW, batch, was_stored, together(loads), before, after)


@contextmanager
def _stand(plan: Plan, mode: str) -> Iterator[Stand]:
    instrument = open_instrument(mode)
    with (
        new_database(plan.url, plan.folder) as url,
        new_database(plan.url, plan.folder) as raw_url,
        serving(instrument, url, plan.folder) as service,
        closing(raw_limit(raw_url, instrument.typical())) as limit,
    ):
        yield Stand(plan, instrument, service, limit)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("tangguh bench intake", description=__doc__)
    options.add_argument("--database-url", default="", help="a PostgreSQL; two databases are created there and dropped")
    options.add_argument("--seconds", type=float, help="how long each measurement takes (6)")
    options.add_argument("--stored", type=int, help="interviews stored when growth is measured (20000); 0 skips it")
    options.add_argument("--mode", action="append", choices=MODES, help="only this mode; repeatable")
    options.add_argument("--batch", action="append", type=int, choices=TABLETS, help="only this size; repeatable")
    options.add_argument("--quick", action="store_true", help="see in seconds that it runs; the figures mean little")
    options.add_argument("--profile", type=Path, metavar="FOLDER", help="write flame graphs; needs py-spy on the PATH")
    options.add_argument("--json", action="store_true", help="print JSON, for programs")
    options.add_argument("--write-readme", action="store_true", help="put the figures into benchmarks/README.md")
    return options
