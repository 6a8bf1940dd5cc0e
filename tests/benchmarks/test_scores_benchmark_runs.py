"""It runs, and reads from all that it says is stored."""

import json
from collections.abc import Callable


def test_tells_what_reading_and_keeping_cost(bench: Callable[..., str]) -> None:
    told = json.loads(bench("scores", "--json"))
    readings = [(each["psu"], each["stored"], each["cells"]) for each in told["readings"]]
    assert readings == [("declared", 200, 36), ("declared", 1_000, 36), ("none", 200, 6), ("none", 1_000, 6)]
    assert all(each["read_ms"] > 0 for each in told["readings"])
    assert [each["batch"] for each in told["intake"]] == [1, 50]
    assert all(min(each["on_us"], each["off_us"], each["error"]) > 0 for each in told["intake"])
