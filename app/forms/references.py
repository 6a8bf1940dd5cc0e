"""Faults of everything that names a question: ${references} in any cell, and the members of fieldwork."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.forms.faults import Fault, did_you_mean, quoted
from app.forms.outline import Node, Outline
from app.forms.sheets import Line, Sheets
from app.forms.xlsform import TRANSLATED, is_xml_name

_REFERENCE = re.compile(r"\$\{([^}]*)(\}?)")
_READ_SHEETS = ("survey", "choices", "entities")


def faults_of_references(file: str, sheets: Sheets, outline: Outline) -> Iterator[Fault]:
    """References to names that do not exist, or exist more than once, wherever pyxform would replace them."""
    rows: dict[str, list[int]] = {"instanceID": [0]}
    for node in outline.root.walk():
        if node.type.base != "audit":
            rows.setdefault(node.name, []).append(node.line.row)
    for line in outline.unknown:
        rows.setdefault(line.text("name"), []).append(line.row)
    for line in (sheets.settings, *(line for sheet in _READ_SHEETS for line in sheets.rows[sheet])):
        for header, text in _cells_with_references(line):
            for inside, end in dict.fromkeys(_REFERENCE.findall(text)):
                wrong = _what_is_wrong(inside, end, rows)
                if wrong:
                    yield Fault(file, line.sheet, line.row, header, *wrong)


def _cells_with_references(line: Line) -> Iterator[tuple[str, str]]:
    """Names hold no references, and the free columns of choices are data."""
    for column, text in line.cells.items():
        if "${" in text and column.name != "name" and (line.sheet != "choices" or column.name in TRANSLATED):
            yield line.headers[column], text


def _what_is_wrong(inside: str, end: str, rows: Mapping[str, list[int]]) -> tuple[str, str] | None:
    """Message and remedy for a reference ${inside}, None for a good one."""
    name = inside.removeprefix("last-saved#")
    written = quoted(f"${{{inside}{end}")
    if not end or not is_xml_name(name):
        return f"{written} is no reference.", "Write ${name} with the name of a question, without spaces."
    if name not in rows:
        return f"{written} names no question.", did_you_mean(name, rows, "Correct it, or add a question of this name.")
    if len(rows[name]) > 1:
        where = " and ".join(str(row) for row in rows[name] if row)
        return (
            f"{written} could mean several questions, in rows {where}.",
            "Give each of them a name of its own.",
        )
    return None


def faults_of_fieldwork(file: str, sheets: Sheets, outline: Outline) -> Iterator[Fault]:
    """Members of fieldwork that name no question, several, or one that an interview may hold many times."""
    fieldwork = sheets.fieldwork if isinstance(sheets.fieldwork, dict) else {}
    questions = _questions_by_name(outline)
    unknown = {line.text("name") for line in outline.unknown}
    for member, name in _named_questions(fieldwork):
        if name in unknown:
            continue
        wrong = _what_is_wrong_with_member(member, name, questions)
        if wrong:
            yield Fault(file, "fieldwork", None, member, *wrong)
    consent = fieldwork.get("consent")
    if isinstance(consent, dict) and isinstance(consent.get("given"), list):
        asked = questions.get(str(consent.get("question")), [])
        yield from _faults_of_consent(file, sheets, consent["given"], asked)


def _questions_by_name(outline: Outline) -> dict[str, list[Node]]:
    """Questions by bare name, and by the path of names that leads to them."""
    questions: dict[str, list[Node]] = {}
    for node in outline.root.walk():
        if node.holds_answer:
            for name in {node.name, node.path}:
                questions.setdefault(name, []).append(node)
    return questions


def _named_questions(fieldwork: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of a member and a question that it names; what has the wrong shape is a fault of the shape."""
    for member in ("community", "household_key", "enumerator", "round", "personal", "sensitive"):
        named = fieldwork.get(member)
        for name in named if isinstance(named, list) else [named]:
            if isinstance(name, str):
                yield member, name
    consent = fieldwork.get("consent")
    if isinstance(consent, dict) and isinstance(consent.get("question"), str):
        yield "consent.question", consent["question"]


def _what_is_wrong_with_member(member: str, name: str, questions: Mapping[str, list[Node]]) -> tuple[str, str] | None:
    found = questions.get(name, [])
    if not found:
        return f"{quoted(name)} is no question of this form.", did_you_mean(name, questions, "Name one that is.")
    if len(found) > 1:
        remedy = f"Write the groups that lead to it, as in {quoted(found[0].path)}."
        return f"{quoted(name)} could mean several questions.", remedy
    if found[0].is_repeated and member not in ("personal", "sensitive"):
        return (
            f"{quoted(name)} is inside a repeat: one interview may hold many.",
            "Name a question outside of repeats.",
        )
    return None


def _faults_of_consent(file: str, sheets: Sheets, given: list[Any], asked: list[Node]) -> Iterator[Fault]:
    lists = {node.type.list_name or "" for node in asked if node.type.choices_in == "choices"}
    choices = {line.text("name") for list_name in lists for line in sheets.lists["choices"].get(list_name, [])}
    for name in given:
        if choices and isinstance(name, str) and name not in choices:
            message = f"{quoted(name)} is no choice of the question that asks for consent."
            yield Fault(
                file,
                "fieldwork",
                None,
                "consent.given",
                message,
                did_you_mean(name, choices, "Name one that is."),
            )
