"""What people see on the command line: one clear line a result, one clear line an error, progress for long work."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

# What is printed holds names that people chose, so that nothing in it may be taken for markup.
out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


def complain(message: str) -> None:
    """An error on one line."""
    err.print(Text.assemble(("error", "bold red"), " ", message))


def warn(message: str) -> None:
    """Something to think about, on one line; it stops nothing."""
    err.print(Text.assemble(("warning", "bold yellow"), " ", message))


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with an error on one line."""
    complain(message)
    raise typer.Exit(code)


def show_json(value: Any) -> None:
    """For programs: JSON on the standard output."""
    print(json.dumps(value, ensure_ascii=False, default=str))


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, silent elsewhere. Call the yielded function with how much is done."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)
