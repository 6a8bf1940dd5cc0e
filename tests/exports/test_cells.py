"""Cells that no spreadsheet takes for a formula, and that lose nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.cells import chosen, point, text

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("x")']  # noqa: RUF001
HARMLESS = ["", "rumah", "3", "-3", "+62812", "-3.5", "2026-11-21", "a=b", "'quoted", "1-2"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_disarmed(formula: str) -> None:
    assert text(formula) == f"'{formula}"


@pytest.mark.parametrize("harmless", HARMLESS)
def test_everything_else_is_left_as_it_is(harmless: str) -> None:
    assert text(harmless) == harmless


@given(st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none())
def test_no_cell_begins_a_formula(value: object) -> None:
    cell = text(value)
    assert not cell.startswith(("=", "@", "\t", "\r", "\n"))
    assert not re.match(r"[+-](?!\d)", cell)
    assert not isinstance(value, str) or cell.endswith(value)


@given(st.lists(st.sampled_from(["radio", "drum", "phone", "moon"]), unique=True))
def test_choices_are_one_or_zero_or_all_empty(names: list[str]) -> None:
    whole, *each = chosen(["radio", "drum", "phone"])(names)
    assert whole.split() == names
    assert each == (["1" if name in names else "0" for name in ("radio", "drum", "phone")] if names else [""] * 3)


def test_points() -> None:
    assert point("-6.95 110.4 12 5") == ["-6.95", "110.4", "12", "5"]
    assert point("-6.95 110.4") == ["-6.95", "110.4", "", ""]
    for odd in ("", None, "near", "1", "1 2 3 4 5", "=1 2", 7, ["1", "2"]):
        assert point(odd) == [""] * 4
