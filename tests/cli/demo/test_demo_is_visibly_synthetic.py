import json

from app.cli.demo.imagination import Interview
from app.cli.demo.script import Script
from app.forms.answers import Answers, reader
from app.forms.questions import Form


def read(interviews: list[Interview], form: Form) -> list[Answers]:
    return list(map(reader(form), (each.answers for each in interviews)))


def test_nobody_could_be_meant(interviews: list[Interview], form: Form) -> None:
    looks = {
        "enumerator": "SIN-",
        "deviceid": "SINTETIS-",
        "respondent_name": "Warga Sintetis ",
        "phone": "000000",
        "reference_code": "SINTETIS",
        "enumerator_note": "Catatan sintetis",
    }
    answers = read(interviews, form)
    for question, beginning in looks.items():
        said = [str(each.values[question]) for each in answers if question in each.values]
        assert said, question
        assert all(text.startswith(beginning) for text in said), question


def test_who_refuses_leaves_nothing_personal(interviews: list[Interview], form: Form) -> None:
    refused = [each for each in interviews if each.answers["consent_section"]["consent"] == "no"]
    assert 0.01 < len(refused) / len(interviews) < 0.08
    kept = {"start", "end", "today", "deviceid", "enumerator", "community", "rw", "rt", "psu", "consent"}
    for each in read(refused, form):
        assert set(each.values) <= kept | {"refusal_reason"}


def test_some_do_not_know_and_some_do_not_say(interviews: list[Interview], script: Script) -> None:
    answers = json.dumps([each.answers for each in interviews])
    for code in script.nonresponse:
        assert 200 < answers.count(f'"{code}"') < 2500, code
