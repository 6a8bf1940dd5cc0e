"""It runs, and reads from all that it says is stored."""

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_tells_what_reading_and_keeping_cost(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "bench", "scores", "--quick", "--json"],
        cwd=CHECKOUT,
        env={**os.environ, "TANGGUH_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    readings = [(each["psu"], each["stored"], each["cells"]) for each in told["readings"]]
    assert readings == [("declared", 200, 36), ("declared", 1_000, 36), ("none", 200, 6), ("none", 1_000, 6)]
    assert all(each["read_ms"] > 0 for each in told["readings"])
    assert [each["batch"] for each in told["intake"]] == [1, 50]
    assert all(min(each.values()) > 0 for each in told["intake"])
