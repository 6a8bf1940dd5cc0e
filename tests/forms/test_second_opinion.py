"""pyxform makes the XForm, and is asked about forms that our own checks find nothing wrong with."""

from typing import Any
from xml.etree import ElementTree

import pytest
from pyxform.errors import PyXFormError

from app.forms.check import check, find_faults
from app.forms.xform import compile_xform


def test_good_form_becomes_an_xform(good_form: dict[str, Any]) -> None:
    compiled = compile_xform(good_form)
    root = ElementTree.fromstring(compiled.xml)
    instance = root.find("./{*}head/{*}model/{*}instance/*")
    assert instance is not None
    assert (instance.get("id"), instance.get("version")) == ("household", "1")
    assert compiled.warnings == []
    assert compiled.itemsets is None


def test_objection_of_pyxform_is_told_with_its_row(good_form: dict[str, Any]) -> None:
    good_form["survey"][0] = {"type": "calculate", "name": "start"}
    assert find_faults(good_form, "household.json") == []
    [fault] = check(good_form, "household.json")
    assert (fault.sheet, fault.row, fault.message) == ("survey", 2, "Missing calculation.")
    assert "xlsform.org" in fault.remedy


def test_objection_of_pyxform_is_told_with_its_column(good_form: dict[str, Any]) -> None:
    good_form["survey"][4]["parameters"] = "rows"
    [fault] = check(good_form, "household.json")
    assert (fault.sheet, fault.row, fault.column) == ("survey", 6, "parameters")
    assert "key1=value1" in fault.message


def test_objection_without_a_place_is_told_too(good_form: dict[str, Any]) -> None:
    good_form["survey"][1]["parameters"] = "randomize=perhaps"
    [fault] = check(good_form, "household.json")
    assert (fault.sheet, fault.row) == ("", None)
    assert "perhaps" in fault.message


def test_failure_inside_pyxform_is_a_fault(good_form: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("itemset")

    monkeypatch.setattr("pyxform.xls2xform.convert", fail)
    [fault] = check(good_form, "household.json")
    assert "KeyError('itemset')" in fault.message


def test_pyxform_is_not_asked_about_forms_with_faults(good_form: dict[str, Any]) -> None:
    good_form["survey"][0] = {"type": "calculate", "name": "start"}
    good_form["settings"]["version"] = ""
    assert [fault.sheet for fault in check(good_form, "household.json")] == ["settings"]


def test_column_first_used_after_a_hundred_rows_counts(good_form: dict[str, Any]) -> None:
    """pyxform guesses the columns of a document from its first 100 rows, unless it is told them."""
    good_form["survey"][:0] = [{"type": "hidden", "name": f"hidden_{number}"} for number in range(120)]
    good_form["survey"][-1]["appearance"] = "w4"
    assert b'appearance="w4"' in compile_xform(good_form).xml


def test_cells_are_read_as_pyxform_reads_spreadsheets(good_form: dict[str, Any]) -> None:
    good_form["survey"][4].update(required=True, default=2.0, hint=None, constraint=" . >\u00a00 ")
    xml = compile_xform(good_form).xml.decode()
    assert 'constraint=". &gt; 0"' in xml
    assert 'required="true()"' in xml
    assert "<people>2</people>" in xml


def test_broken_form_has_no_xform(good_form: dict[str, Any]) -> None:
    good_form["survey"][0]["type"] = "strat"
    with pytest.raises(PyXFormError):
        compile_xform(good_form)


def test_external_choices_come_as_a_file(good_form: dict[str, Any]) -> None:
    good_form["survey"][2].update(type="select_one_external kelurahan", choice_filter="city = 'Semarang'")
    good_form["external_choices"] = [{"list_name": "kelurahan", "name": "1", "label": "Tanjungmas", "city": "Semarang"}]
    assert check(good_form, "household.json") == []
    assert b"Tanjungmas" in (compile_xform(good_form).itemsets or b"")
