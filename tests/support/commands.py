"""`tangguh` as its users call it: within this process, which is fast, or as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any
from unittest.mock import patch

import orjson

from app.cli import main
from app.settings import Settings


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)


def environment(settings: Settings) -> dict[str, str]:
    return {"TANGGUH_DATABASE_URL": settings.database_url, "TANGGUH_DATA": str(settings.data)}


def call(environment: Mapping[str, str], *arguments: object) -> Outcome:
    """A command in this process, from its arguments to its exit."""
    out, err = StringIO(), StringIO()
    argv = ["tangguh", *map(str, arguments)]
    surroundings = patch.dict(os.environ, environment), patch.object(sys, "argv", argv)
    with redirect_stdout(out), redirect_stderr(err), surroundings[0], surroundings[1]:
        try:
            main()
        except SystemExit as end:
            code = end.code
        else:
            code = 0
    return Outcome(int(code or 0), out.getvalue(), err.getvalue())


def call_elsewhere(environment: Mapping[str, str], *arguments: object) -> Outcome:
    """A command as another process."""
    done = subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def seconds_until(condition: Callable[[], bool], at_most: float = 5) -> float:
    """How long it took until the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < at_most
        time.sleep(0.01)
    return time.monotonic() - began
