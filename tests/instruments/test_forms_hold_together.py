import re
from collections import Counter
from typing import Any

REFERENCE = re.compile(r"\$\{([^}]+)\}")


def names(form: dict[str, Any]) -> list[str]:
    return [row["name"] for row in form["survey"] if "name" in row]


def choices_of(form: dict[str, Any]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for choice in form["choices"]:
        lists.setdefault(choice["list_name"], []).append(choice["name"])
    return lists


def test_names_are_unique(form: dict[str, Any]) -> None:
    assert [name for name, times in Counter(names(form)).items() if times > 1] == []
    assert all(len(set(listed)) == len(listed) for listed in choices_of(form).values())


def test_references_name_questions(form: dict[str, Any]) -> None:
    cells = [text for row in (form["settings"], *form["survey"]) for text in row.values()]
    assert {name for cell in cells for name in REFERENCE.findall(cell)} <= set(names(form))


def test_conditions_ask_for_choices_that_exist(form: dict[str, Any]) -> None:
    lists = choices_of(form)
    offered = {
        row["name"]: lists[row["type"].split()[1]] for row in form["survey"] if row["type"].startswith("select_")
    }
    asked = re.compile(r"\$\{(\w+)\}(?:, | !?= )'([^']+)'")
    found = [pair for row in form["survey"] for pair in asked.findall(row.get("relevant", ""))]
    assert [(question, choice) for question, choice in found if choice not in offered[question]] == []


def test_every_list_is_used_and_every_used_list_exists(form: dict[str, Any]) -> None:
    used = {row["type"].split()[1] for row in form["survey"] if row["type"].startswith("select_")}
    assert used == choices_of(form).keys()


def test_fieldwork_names_questions(form: dict[str, Any]) -> None:
    fieldwork = form["fieldwork"]
    named = [fieldwork["community"], fieldwork["enumerator"], *fieldwork["household_key"]]
    named += [*fieldwork.get("personal", []), *fieldwork.get("sensitive", [])]
    if consent := fieldwork.get("consent"):
        named.append(consent["question"])
        assert set(consent["given"]) < set(choices_of(form)["yes_no"])
    assert set(named) <= set(names(form))


def test_an_answer_that_excludes_others_stands_alone(form: dict[str, Any]) -> None:
    lists = choices_of(form)
    for row in form["survey"]:
        kind, _, listed = row["type"].partition(" ")
        alone = {"none", "dk", "refused"} & set(lists.get(listed, ()))
        if kind == "select_multiple" and alone:
            assert set(re.findall(r"selected\(., '(\w+)'\)", row["constraint"])) == alone, row["name"]
            assert row["constraint"].endswith("and count-selected(.) > 1)"), row["name"]
