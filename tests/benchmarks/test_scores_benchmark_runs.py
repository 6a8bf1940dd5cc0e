"""It runs, and reads from all that it says is stored."""

import json
from collections.abc import Callable

from app.scoring.framework import Framework
from app.scoring.indicators import compile_framework
from benchmarks.rig.interviews import open_instrument


def test_tells_what_reading_and_keeping_cost(bench: Callable[..., str]) -> None:
    told = json.loads(bench("scores", "--json"))
    readings = [(each["psu"], each["stored"], each["cells"]) for each in told["readings"]]
    assert readings == [("declared", 200, 36), ("declared", 1_000, 36), ("none", 200, 6), ("none", 1_000, 6)]
    assert all(each["read_ms"] > 0 for each in told["readings"])
    assert [each["batch"] for each in told["intake"]] == [1, 50]
    assert all(min(each["on_us"], each["off_us"], each["error"]) > 0 for each in told["intake"])


def test_no_framework_reads_the_form_under_its_other_name() -> None:
    read = open_instrument("all")
    unread = read.unread()
    frameworks = [Framework.model_validate(each.content) for each in unread.documents if each.kind == "framework"]
    asked = {form_id for each in frameworks for form_id in compile_framework(each).by_form}
    assert read.form.form_id in asked
    assert unread.form.form_id not in asked
    one, other = read.interviews(3), unread.interviews(3)
    assert [each["answers"] for each in one] == [each["answers"] for each in other]
    assert {each["form_id"] for each in other} == {unread.form.form_id}
