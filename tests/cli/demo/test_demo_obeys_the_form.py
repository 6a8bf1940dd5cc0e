"""The form's own words, `relevant`, `required`, `constraint` and `calculation`, read here and held against the demo."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.cli.demo.imagination import Interview


def holds(expression: str, answers: dict[str, Any], own: Any = None) -> bool:
    """What an expression of this form says, with `.` for the question's own answer."""
    pieces = re.split("('[^']*')", expression)
    for n in range(0, len(pieces), 2):
        piece = re.sub(r"\$\{(\w+)\}", r"said('\1')", pieces[n])
        piece = re.sub(r"(?<![\w.])\.(?!\w)", "own", piece).replace(" = ", " == ")
        pieces[n] = piece.replace("not(", "not_(").replace("count-selected(", "len(")
    functions = {
        "said": lambda name: answers.get(name, ""),
        "selected": lambda names, name: name in names,
        "regex": lambda text, pattern: re.search(pattern, text) is not None,
        "not_": lambda value: not value,
    }
    return bool(eval("".join(pieces), {**functions, "own": own}))


def flat(tree: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value)
        else:
            yield name, value


def asked(document: dict[str, Any], answers: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool, dict[str, Any]]]:
    """Each question's row, whether it is relevant, and the answers around it: once for each turn of the repeat."""
    relevant, repeat = [True], ""
    for row in document["survey"]:
        here = all(relevant) and holds(row.get("relevant", "1"), answers)
        match row["type"]:
            case "begin_group" | "begin_repeat":
                relevant.append(here)
                repeat = row["name"] if row["type"] == "begin_repeat" else repeat
            case "end_group" | "end_repeat":
                relevant.pop()
                repeat = "" if row["type"] == "end_repeat" else repeat
            case "note":
                pass
            case _:
                for around in answers.get(repeat, []) if repeat else [answers]:
                    yield row, here, around


@pytest.fixture
def sound(interviews: list[Interview]) -> list[dict[str, Any]]:
    """Answers without a planted mistake."""
    return [dict(flat(each.answers)) for each in interviews if not each.mistake]


def test_what_is_not_relevant_is_not_answered(sound: list[dict[str, Any]], form_document: dict[str, Any]) -> None:
    for answers in sound:
        for row, relevant, around in asked(form_document, answers):
            assert relevant or row["name"] not in around, row["name"]


def test_what_is_required_is_answered(sound: list[dict[str, Any]], form_document: dict[str, Any]) -> None:
    for answers in sound:
        for row, relevant, around in asked(form_document, answers):
            assert row["name"] in around or not (relevant and row.get("required") == "yes"), row["name"]


def test_every_constraint_is_kept(sound: list[dict[str, Any]], form_document: dict[str, Any]) -> None:
    for answers in sound:
        for row, _, around in asked(form_document, answers):
            if row["name"] in around and "constraint" in row:
                own = around[row["name"]]
                assert holds(row["constraint"], around, own), (row["name"], own)


def test_calculations_are_right(sound: list[dict[str, Any]]) -> None:
    for answers in sound:
        assert answers["psu"] == f"{int(answers['rw'])}/{int(answers['rt'])}"
        if answers["consent"] == "yes":
            age, ages = answers["respondent_age"], [member["member_age"] for member in answers["member"]]
            assert len(ages) == answers["members"]
            assert answers["dependent_percent"] == 100 * sum(a < 15 or a >= 65 for a in ages) // len(ages)
            groups = {"18-29": age < 30, "30-44": 30 <= age < 45, "45-59": 45 <= age < 60, "60+": age >= 60}
            assert groups[answers["age_group"]]


def test_the_respondent_is_the_first_person_of_the_house(sound: list[dict[str, Any]]) -> None:
    for answers in sound:
        if answers["consent"] == "yes":
            first = answers["member"][0]
            assert first["member_age"] == answers["respondent_age"]
            assert first["member_relation"] == answers["respondent_position"]
            assert sum(each["member_relation"] == "head" for each in answers["member"]) == 1
            assert sum(each["member_relation"] == "spouse" for each in answers["member"]) <= 1
