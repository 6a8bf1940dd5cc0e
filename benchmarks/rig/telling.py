"""Telling figures to people: on the screen, and in README.md."""

import re
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.cli.screen import out
from benchmarks.rig.figures import NEW, Case, Figures, Growth

README = Path(__file__).parents[1] / "README.md"
COLUMNS = (
    *("mode", "batch", "stored", "kept/s", "limit/s", "ratio", "CPU µs"),
    *("p50", "p95", "p99", "GET", "MB"),
)

BUSY = 0.8
"""Senders that keep a processor busier than this may be what is measured."""


def show(figures: Figures) -> None:
    """The machine, a table, and what to think of it."""
    for name, value in figures.machine.items():
        out.print(f"{name:<10} {value}", markup=False)
    table = Table(box=SIMPLE_HEAD, padding=0)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "mode" else "right", no_wrap=True)
    for case in figures.cases:
        table.add_row(*_cells(case))
    if figures.growth:
        table.add_section()
        for case in figures.growth.cases():
            table.add_row(*_cells(case))
    out.print(table)
    for remark in _remarks(figures):
        out.print(remark, markup=False)


def write_readme(figures: Figures) -> Path:
    """Put the figures between the markers of their database."""
    kind = "sqlite" if figures.machine["database"].startswith("SQLite") else "postgresql"
    return fill_readme(kind, _markdown(figures))


def fill_readme(kind: str, figures: str) -> Path:
    """Put figures between the markers of their kind."""
    begin, end = f"<!-- figures: {kind} -->", f"<!-- end: {kind} -->"
    text = README.read_text(encoding="utf-8")
    pattern = f"{re.escape(begin)}.*?{re.escape(end)}"
    if not re.search(pattern, text, re.DOTALL):
        raise LookupError(f"{README} has no place {begin} … {end}")
    filled = f"{begin}\n{figures}\n{end}"
    README.write_text(re.sub(pattern, lambda _: filled, text, flags=re.DOTALL), encoding="utf-8")
    return README


def _markdown(figures: Figures) -> str:
    growth = figures.growth.cases() if figures.growth else ()
    rows = [
        COLUMNS,
        ["---", *["--:"] * (len(COLUMNS) - 1)],
        *(_cells(case) for case in [*figures.cases, *growth]),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    machine = "\n".join(f"- {name}: {value}" for name, value in figures.machine.items())
    remarks = "\n\n".join(_remarks(figures))
    return f"{machine}\n\n{table}\n\n{remarks}"


def _cells(case: Case) -> list[str]:
    """In the order of `COLUMNS`."""
    times = (case.p50_ms, case.p95_ms, case.p99_ms, case.get_p99_ms)
    waits = [f"{wait:,.{0 if wait >= 100 else 1}f}" for wait in times]
    return [
        case.mode if case.sent == NEW else f"{case.mode} {case.sent}",
        f"{case.batch}x{case.tablets}",
        f"{case.stored:,}",
        f"{case.rate:,.0f}",
        f"{case.limit:,.0f}",
        f"{case.ratio:.2f}",
        f"{case.cpu_us:,.0f}",
        *waits,
        f"{case.memory_mb:.0f}",
    ]


def _remarks(figures: Figures) -> list[str]:
    measured = [*figures.cases, *figures.growth.cases()] if figures.growth else figures.cases
    unsteady = max(case.unsteadiness for case in measured)
    busiest = max(case.sender_share for case in measured)
    remarks = [
        f"{figures.seconds:g} s a line. Raw limits before and after a line differed by up to {unsteady:.0%}; "
        f"the senders kept at most {busiest:.0%} of a processor busy. "
        f"A server that rests takes {figures.idle_mb:.0f} MB."
    ]
    if busiest > BUSY:
        remarks.append("The senders may be what some lines measure.")
    if figures.growth:
        remarks.append(_told(figures.growth))
    return remarks


def _told(growth: Growth) -> str:
    told = growth.document()
    cpu = f", CPU an interview x {told['cpu']:.2f}" if told["cpu"] else ""
    return (
        f"With {growth.full.stored:,} stored instead of {growth.empty.stored:,}: "
        f"interviews/s x {told['rate']:.2f}, ratio x {told['ratio']:.2f}{cpu}."
    )
