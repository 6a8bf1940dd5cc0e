"""Benchmarks as they are called: `tangguh bench` in a process of its own, over a folder that is empty."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., str]:
    """Run one quickly and return what it prints."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "app", "bench", *arguments, "--quick"],
            cwd=CHECKOUT,
            env={**os.environ, "TANGGUH_DATA": str(tmp_path), "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
