"""It runs, and measures what it says: every line is there, and nothing is wrong with what it sends."""

import json
from collections.abc import Callable

from app.forms.check import check
from app.forms.instances import read
from app.forms.logic import Logic
from benchmarks.rig.collect import FORM, forty_two, interview
from tests.benchmarks.test_logic_benchmark_runs import NOW


def test_tells_each_line(bench: Callable[..., str]) -> None:
    cases = json.loads(bench("openrosa", "--json"))["cases"]
    assert [(case["what"], case["clients"]) for case in cases] == [
        *(("POST", 1), ("POST", 4), ("POST", 16), ("POST again", 16), ("HEAD submission 204", 16)),
        *(("GET formList 200", 16), ("GET formList 304", 16), ("GET 1.xml 200", 16), ("GET 1.xml 304", 16)),
        *(("POST", 16), ("POST", 16)),
    ]
    assert all(case["rate"] > 0 for case in cases)
    assert cases[-1]["stored"] >= 500 > cases[0]["stored"]


def test_its_form_has_no_faults_and_its_interviews_are_complete() -> None:
    assert check(FORM, "forty_two") == []
    instrument = forty_two()
    answers = read(interview(instrument, 7)).answers(instrument.form)
    assert len(answers) == 44
    assert Logic(FORM).judge(answers, NOW).flags == []
