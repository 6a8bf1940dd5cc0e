import pytest

from app.cli.demo.imagination import Interview
from app.cli.demo.script import Script
from app.forms.answers import reader
from app.forms.questions import Form


def test_nothing_is_flagged_but_the_planted_mistakes(interviews: list[Interview], form: Form) -> None:
    read = reader(form)
    for each in interviews:
        flags = [flag.path.rpartition("/")[2] for flag in read(each.answers).flags]
        assert flags == ([each.mistake] if each.mistake else []), each.instance_id


def test_mistakes_are_as_rare_as_the_script_says(interviews: list[Interview], script: Script) -> None:
    mistaken = [each.mistake for each in interviews if each.mistake]
    assert len(mistaken) / len(interviews) == pytest.approx(script.mistakes.share, abs=0.015)
    assert len(set(mistaken)) > 1


def test_corrections_have_none(interviews: list[Interview]) -> None:
    assert not any(each.mistake for each in interviews if each.deprecated_id)
