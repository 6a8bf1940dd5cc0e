"""How fast a form's logic judges interviews and is compiled, beside the reading and writing of the same JSON."""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.cli.screen import err, out, show_json
from app.forms.logic import Logic
from app.settings import Settings
from benchmarks.machine import describe
from benchmarks.rig.imagined import form, interview
from benchmarks.rig.telling import fill_readme

NOW = datetime.fromisoformat("2026-11-21T16:04:53+07:00")
HEADERS = ("work", "questions", "expressions", "CPU µs", "limit µs", "a second", "ratio")
EXPRESSIONS = ("relevant", "constraint", "required", "calculation", "choice_filter")
JUDGED, COMPILED = (100, 500), (100, 500)
INTERVIEWS = 50
TURNS = 80


@dataclass(frozen=True)
class Case:
    """One line: processor time of one piece of work, and of reading and writing the same JSON."""

    work: str
    questions: int
    expressions: int
    cpu_us: float
    limit_us: float

    @property
    def a_second(self) -> float:
        return 1e6 / self.cpu_us

    @property
    def ratio(self) -> float:
        """How many times the JSON could be read and written meanwhile."""
        return self.cpu_us / self.limit_us


def main(arguments: Sequence[str]) -> None:
    """Measure and tell; `--help` says what may be chosen."""
    options = _options().parse_args(arguments)
    machine = describe("", Path(Settings().data))
    cases = list(run(0.05 if options.quick else options.seconds))
    if options.json:
        show_json({"machine": machine, "cases": [asdict(case) for case in cases]})
    else:
        _show(cases)
    if options.write_readme:
        err.print(f"wrote {fill_readme('logic', _markdown(machine, cases))}")


def run(seconds: float) -> Iterator[Case]:
    """Each line in turns of ours and the limit, and of each the best turn: the one that was disturbed least."""
    for questions in JUDGED:
        logic, chance = Logic(form(questions)), Random(questions)
        answers = [interview(questions, chance) for _ in range(INTERVIEWS)]
        judge = partial(logic.judge, now=NOW)
        if any(judge(each).flags for each in answers):
            raise AssertionError("these interviews are good, and yet something was found in them")
        yield _case("judge", questions, judge, answers, seconds)
    for questions in COMPILED:
        yield _case("compile", questions, Logic, [form(questions)], seconds)


def _case(work: str, questions: int, do: Callable[[Any], object], things: Sequence[Any], seconds: float) -> Case:
    texts = [json.dumps(thing) for thing in things]
    turns = [
        (_cpu_us(do, things, seconds / TURNS), _cpu_us(_read_and_write, texts, seconds / TURNS)) for _ in range(TURNS)
    ]
    ours, limits = (min(each) for each in zip(*turns, strict=True))
    return Case(work, questions, _expressions(form(questions)), ours, limits)


def _read_and_write(text: str) -> str:
    return json.dumps(json.loads(text))


def _cpu_us(do: Callable[[Any], object], things: Sequence[Any], seconds: float) -> float:
    """Microseconds of processor time for one of the things, taken one after the other."""
    done, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        do(things[done % len(things)])
        done += 1
    return 1e6 * spent / done


def _expressions(document: dict[str, Any]) -> int:
    cells = (row.get(column) for row in document["survey"] for column in EXPRESSIONS)
    return sum(cell not in (None, "yes") for cell in cells)


def _show(cases: Sequence[Case]) -> None:
    table = Table(box=SIMPLE_HEAD, padding=0)
    for name in HEADERS:
        table.add_column(name, justify="left" if name == "work" else "right", no_wrap=True)
    for case in cases:
        table.add_row(*_cells(case))
    out.print(table)


def _markdown(machine: dict[str, str], cases: Sequence[Case]) -> str:
    told = "\n".join(f"- {name}: {machine[name]}" for name in ("processor", "system", "versions", "load"))
    rows = [HEADERS, ["---", *["--:"] * (len(HEADERS) - 1)], *(_cells(case) for case in cases)]
    return f"{told}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(case: Case) -> list[str]:
    """In the order of `HEADERS`."""
    counts = [str(case.questions), str(case.expressions)]
    times = [f"{case.cpu_us:,.0f}", f"{case.limit_us:,.0f}", f"{case.a_second:,.0f}", f"{case.ratio:.1f}"]
    return [case.work, *counts, *times]


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("tangguh bench logic", description=__doc__)
    options.add_argument(
        "--seconds", type=float, default=4, help="how long each line takes, half of it for its limit (4)"
    )
    options.add_argument("--quick", action="store_true", help="see at once that it runs; the figures mean little")
    options.add_argument("--json", action="store_true", help="print JSON, for programs")
    options.add_argument("--write-readme", action="store_true", help="put the figures into benchmarks/README.md")
    return options
