"""Timing is not tested: a figure that fails on a busy machine teaches nobody anything."""

import re
from collections.abc import Callable
from pathlib import Path

LINE = re.compile(r" (keep|keep again|keep other|all) +(\d+x\d+) +[\d,]+ +[\d,]+ +[\d,]+ +(?P<ratio>[\d.]+) ")


def test_prints_a_table_with_a_ratio_in_every_line(bench: Callable[..., str], tmp_path: Path) -> None:
    told = bench("intake")
    lines = [LINE.match(line) for line in told.splitlines()]
    assert [line.groups()[:2] for line in lines if line] == [
        *((mode, batch) for mode in ("keep", "all") for batch in ("1x16", "50x4", "500x4")),
        *((mode, "50x4") for mode in ("keep again", "keep other", "all", "all")),
    ]
    assert all(float(line["ratio"]) > 0 for line in lines if line)
    assert "stored instead of" in told
    assert list(tmp_path.iterdir()) == []
