"""Timing is not tested: a figure that fails on a busy machine teaches nobody anything."""

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_prints_a_table_with_a_ratio_in_every_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "bench", "intake", "--quick"],
        cwd=CHECKOUT,
        env={**os.environ, "TANGGUH_DATA": str(tmp_path), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith((" keep", " all"))]
    modes_and_batches = [(line[0], line[1]) for line in lines]
    assert modes_and_batches == [
        *((mode, batch) for mode in ("keep", "all") for batch in ("1", "50", "500")),
        *[("all", "50")] * 2,
    ]
    assert all(float(line[6]) > 0 for line in lines)
    assert "stored instead of" in done.stdout
    assert list(tmp_path.iterdir()) == []
