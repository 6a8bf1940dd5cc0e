"""Timing is not tested: a figure that fails on a busy machine teaches nobody anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

LINE = re.compile(r" (keep|keep again|keep other|all) +(\d+x\d+) +[\d,]+ +[\d,]+ +[\d,]+ +(?P<ratio>[\d.]+) ")
CHECKOUT = Path(__file__).parents[2]


def test_prints_a_table_with_a_ratio_in_every_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "bench", "intake", "--quick"],
        cwd=CHECKOUT,
        env={**os.environ, "TANGGUH_DATA": str(tmp_path), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [LINE.match(line) for line in done.stdout.splitlines()]
    assert [line.groups()[:2] for line in lines if line] == [
        *((mode, batch) for mode in ("keep", "all") for batch in ("1x16", "50x4", "500x4")),
        *((mode, "50x4") for mode in ("keep again", "keep other", "all", "all")),
    ]
    assert all(float(line["ratio"]) > 0 for line in lines if line)
    assert "stored instead of" in done.stdout
    assert list(tmp_path.iterdir()) == []
