"""It runs, and measures what it says: nothing is wrong with its interviews, and everything would be noticed."""

import json
from collections.abc import Callable
from datetime import datetime
from random import Random

from app.forms.check import check
from app.forms.logic import Logic
from benchmarks.rig.imagined import BLOCK, form, interview

NOW = datetime.fromisoformat("2026-11-21T16:04:53+07:00")


def test_tells_each_line_beside_its_limit(bench: Callable[..., str]) -> None:
    cases = json.loads(bench("logic", "--json"))["cases"]
    assert [(case["work"], case["questions"]) for case in cases] == [
        *(("judge", 100), ("judge", 500)),
        *(("compile", 100), ("compile", 500)),
    ]
    assert all(case["cpu_us"] > case["limit_us"] > 0 for case in cases)


def test_its_form_has_no_faults_and_its_interviews_everything() -> None:
    assert check(form(BLOCK), "imagined") == []
    logic, chance = Logic(form(BLOCK)), Random(1)
    interviews = [interview(BLOCK, chance) for _ in range(20)]
    assert {name for answers in interviews for name in answers} == {row["name"] for row in form(BLOCK)["survey"]}
    spoiled = [
        {**answers, "why_0": "x" * 81, "share_0": -1, "sum_0": 1, "day_0": "2026-11-22"} for answers in interviews
    ]
    found = {(flag.code, flag.path) for answers in spoiled for flag in logic.judge(answers, NOW).flags}
    both = {(code, path) for code in ("constraint", "relevance") for path in ("why_0", "share_0")}
    assert found == {*both, ("calculation", "sum_0"), ("constraint", "day_0")}
