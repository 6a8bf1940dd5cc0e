"""How fast tablets with ODK Collect are served: interviews one a request, and the small questions around them."""

import argparse
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.cli.screen import err, out, progress, show_json
from app.settings import Settings
from benchmarks.machine import describe
from benchmarks.rig.collect import Asking, XmlTablet, etag_of, forty_two, interview
from benchmarks.rig.interviews import Instrument, Tablet
from benchmarks.rig.limits import RawLimit, raw_limit
from benchmarks.rig.load import NEW, Load, Sending, ask_once, load, together
from benchmarks.rig.serving import Service, new_database, serving
from benchmarks.rig.telling import fill_readme

CLIENTS = (1, 4, 16)
MOST = CLIENTS[-1]
TURNS = 3
FILLING = 500
"""Interviews of a batch by which a server is filled; that goes through the native door, which is faster."""

FIRST = Sending("POST", "accepted", XmlTablet.new)
AGAIN = Sending("POST again", "duplicate", XmlTablet.again)
HEADERS = ("what", "clients", "stored", "a second", "limit/s", "ratio", "CPU µs", "p50", "p95", "p99")


@dataclass(frozen=True)
class Case:
    """One line. `limit` are raw commits a second of rows of the same size, None where nothing is written; `cpu_us` is
    processor time of the server for one request."""

    what: str
    clients: int
    stored: int
    rate: float
    limit: float | None
    cpu_us: float
    p50_ms: float
    p95_ms: float
    p99_ms: float

    def cells(self) -> list[str]:
        """In the order of `HEADERS`."""
        waits = [f"{wait:,.{0 if wait >= 100 else 1}f}" for wait in (self.p50_ms, self.p95_ms, self.p99_ms)]
        limit = ["", ""] if self.limit is None else [f"{self.limit:,.0f}", f"{self.rate / self.limit:.2f}"]
        counts = [self.what, str(self.clients), f"{self.stored:,}"]
        return [*counts, f"{self.rate:,.0f}", *limit, f"{self.cpu_us:,.0f}", *waits]


@dataclass
class Stand:
    """A server over a new database, and on the same disk a raw limit."""

    instrument: Instrument
    service: Service
    limit: RawLimit
    seconds: float
    stored: int = 0

    def post(self, clients: int) -> Case:
        return self.posted(FIRST, self.tablets(clients))

    def posted(self, sending: Sending, tablets: Sequence[XmlTablet]) -> Case:
        stored = self.stored
        before = self.raw_rate(len(tablets))
        got = self.send(tablets, sending, self.seconds)
        limit = (before + self.raw_rate(len(tablets))) / 2
        return _case(sending.name, len(tablets), stored, got, limit)

    def again(self) -> Case:
        tablets = self.tablets(MOST)
        self.send(tablets, FIRST, self.seconds)
        return self.posted(AGAIN, tablets)

    def questions(self) -> Iterator[Case]:
        """What tablets ask around an interview, and what they ask in vain because they have it."""
        door = f"/openrosa/{self.service.tokens[0]}"
        yield self.asked("HEAD", f"{door}/submission", "204")
        for path in ("/formList", f"/forms/{self.instrument.form.form_id}/{self.instrument.form.version}.xml"):
            etag = etag_of(ask_once(self.service, Asking("GET", door + path)))
            yield self.asked("GET", door + path, "200")
            yield self.asked("GET", door + path, "304", etag)

    def asked(self, method: str, path: str, status: str, etag: str = "") -> Case:
        askers = [Asking(method, path, etag) for _ in range(MOST)]
        got = load(self.service, askers, Sending("", status, Asking.messages), self.seconds / 2, math.inf)
        return _case(f"{method} {path.rpartition('/')[2]} {status}", MOST, self.stored, got, None)

    def fill(self, interviews: int) -> None:
        tablets = [Tablet(self.instrument, FILLING, token) for token in self.service.tokens[:4]]
        self.stored += load(self.service, tablets, NEW, math.inf, interviews).interviews

    def send(self, tablets: Sequence[XmlTablet], sending: Sending, seconds: float) -> Load:
        got = load(self.service, tablets, sending, seconds, math.inf)
        self.stored += got.interviews if sending is FIRST else 0
        return got

    def tablets(self, clients: int) -> list[XmlTablet]:
        return [XmlTablet(self.instrument, token) for token in self.service.tokens[:clients]]

    def raw_rate(self, clients: int) -> float:
        return self.limit.rate(1, clients, self.seconds / 5)


def main(arguments: Sequence[str]) -> None:
    """Measure and tell; `--help` says what may be chosen."""
    options = _options().parse_args(arguments)
    seconds = options.seconds or (0.1 if options.quick else 6)
    stored = options.stored if options.stored is not None else 500 if options.quick else 200_000
    folder = Settings().data
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as scratch:
        machine = describe(options.database_url, Path(scratch))
        cases = []
        with progress("Measuring", len(CLIENTS) + 6 + 2 * bool(stored)) as tell:
            for case in _cases(options.database_url, Path(scratch), seconds, stored):
                cases.append(case)
                tell(len(cases))
    if options.json:
        show_json({"machine": machine, "seconds": seconds, "cases": [asdict(case) for case in cases]})
    else:
        _show(cases)
    if options.write_readme:
        err.print(f"wrote {fill_readme('openrosa', _markdown(machine, cases))}")


def _cases(url: str, folder: Path, seconds: float, stored: int) -> Iterator[Case]:
    with _stand(url, folder, seconds) as empty:
        empty.send(empty.tablets(1), FIRST, seconds / 20)
        for clients in CLIENTS:
            yield empty.post(clients)
        yield empty.again()
        yield from empty.questions()
    if stored:
        with _stand(url, folder, seconds) as empty, _stand(url, folder, seconds) as full:
            full.fill(stored)
            yield from _in_turns(empty, full)


def _in_turns(empty: Stand, full: Stand) -> Iterator[Case]:
    """Both in short turns, so that whatever else the machine does meets both."""
    stands = (empty, full)
    for stand in stands:
        stand.send(stand.tablets(1), FIRST, stand.seconds / 20)
    stored = [stand.stored for stand in stands]
    before = empty.raw_rate(MOST)
    turns = [[each.send(each.tablets(MOST), FIRST, each.seconds / TURNS) for each in stands] for _ in range(TURNS)]
    limit = (before + empty.raw_rate(MOST)) / 2
    for was_stored, loads in zip(stored, zip(*turns, strict=True), strict=True):
        yield _case(FIRST.name, MOST, was_stored, together(loads), limit)


def _case(what: str, clients: int, stored: int, got: Load, limit: float | None) -> Case:
    waits = [1_000 * got.wait(share) for share in (0.50, 0.95, 0.99)]
    return Case(what, clients, stored, got.rate, limit, 1e6 * got.cpu / got.interviews, *waits)


@contextmanager
def _stand(url: str, folder: Path, seconds: float) -> Iterator[Stand]:
    instrument = forty_two()
    with (
        new_database(url, folder) as own,
        new_database(url, folder) as raw,
        serving(instrument, own, folder) as service,
        closing(raw_limit(raw, interview(instrument, 1))) as limit,
    ):
        yield Stand(instrument, service, limit, seconds)


def _show(cases: Sequence[Case]) -> None:
    table = Table(box=SIMPLE_HEAD, padding=0)
    for name in HEADERS:
        table.add_column(name, justify="left" if name == "what" else "right", no_wrap=True)
    for case in cases:
        table.add_row(*case.cells())
    out.print(table)


def _markdown(machine: dict[str, str], cases: Sequence[Case]) -> str:
    told = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    rows: list[Any] = [HEADERS, ["---", *["--:"] * (len(HEADERS) - 1)], *(case.cells() for case in cases)]
    return f"{told}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("tangguh bench openrosa", description=__doc__)
    options.add_argument("--database-url", default="", help="a PostgreSQL; databases are created there and dropped")
    options.add_argument("--seconds", type=float, help="how long each line takes (6)")
    options.add_argument("--stored", type=int, help="interviews stored when growth is measured (200000); 0 skips it")
    options.add_argument("--quick", action="store_true", help="see in seconds that it runs; the figures mean little")
    options.add_argument("--json", action="store_true", help="print JSON, for programs")
    options.add_argument("--write-readme", action="store_true", help="put the figures into benchmarks/README.md")
    return options
