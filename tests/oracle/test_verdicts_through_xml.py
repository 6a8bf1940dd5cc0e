"""What the engine said of an interview is said of it, too, when it comes as XML."""

from datetime import datetime

import pytest

from app.forms.instances import read as read_xml
from app.forms.instances import write
from app.forms.logic import Logic
from app.submissions.identity import canonical
from tests.oracle.examples import all_examples
from tests.oracle.recordings import NOW, names, read

INTERVIEWS = 20


@pytest.mark.parametrize("name", names())
def test_the_findings_are_the_same(name: str) -> None:
    example = all_examples().get(name)
    if example is None:
        pytest.skip(f"the form of {name} is not at hand: see requirements-samples.txt")
    judge, now = Logic(example.document, example.tables).judge, datetime.fromisoformat(NOW)
    for interview in read(name).interviews[:INTERVIEWS]:
        through = read_xml(write(example.form, interview.answers, {"instanceID": "uuid:1"})).answers(example.form)
        assert canonical(through) == canonical(interview.answers)
        assert judge(through, now).flags == judge(interview.answers, now).flags
