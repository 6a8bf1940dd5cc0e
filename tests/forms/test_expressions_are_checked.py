"""Expressions that no tablet could evaluate are refused before publication, which pyxform does not do."""

from typing import Any

import pytest

from app.forms.check import check


@pytest.mark.parametrize(
    ("column", "expression", "word"),
    [
        ("relevant", "${consent} = 'yes", "'"),
        ("constraint", ". >= and 3", "and"),
        ("constraint", "squareroot(.) > 2", "squareroot"),
        ("relevant", "selected(${consent})", "selected"),
        ("required", "if(true())", "if"),
    ],
)
def test_faults_are_told_where_they_are(column: str, expression: str, word: str) -> None:
    [fault] = check(form(**{column: expression}), "household.json")
    assert (fault.sheet, fault.row, fault.column) == ("survey", 3, column)
    assert word in fault.message


@pytest.mark.parametrize("required", ["yes", "no", "true()", "${consent} = 'yes'"])
def test_what_tablets_understand_is_no_fault(required: str) -> None:
    assert check(form(required=required, constraint="regex(., '[0-9]{1,3}')"), "household.json") == []


def form(**cells: str) -> dict[str, Any]:
    return {
        "settings": {"form_id": "household", "version": "1"},
        "survey": [
            {"type": "text", "name": "consent", "label": "Consent?"},
            {"type": "text", "name": "rt", "label": "RT", **cells},
        ],
    }
