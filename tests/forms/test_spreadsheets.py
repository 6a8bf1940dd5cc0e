"""A form document written to a spreadsheet and read again is the same document."""

import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.forms.check import check
from app.forms.spreadsheet import NotASpreadsheetError, read_spreadsheet, write_spreadsheet

headers = st.sampled_from(
    ["type", "name", "label", "label::Bahasa Indonesia (id)", "relevant", "bind::odk:length", "kelurahan"]
)
texts = st.text(st.characters(), min_size=1, max_size=20) | st.sampled_from(
    [
        "=1+1",
        "='x'",
        "#N/A",
        "TRUE",
        "1",
        "01",
        "2026-01-01",
        " a ",
        "a\nb",
        "a\r\nb",
        "\t",
        "_x000D_",
        "_x005F_x000D_",
        "\x00",
    ]
)
numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
filled_rows = st.dictionaries(headers, texts | numbers | st.booleans(), min_size=1)
members = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inside: st.lists(inside) | st.dictionaries(texts, inside),
)
documents = st.fixed_dictionaries(
    {"settings": filled_rows, "survey": st.lists(filled_rows, max_size=4)},
    optional={
        "choices": st.lists(filled_rows, max_size=4),
        "_remarks": st.lists(filled_rows, max_size=2),
        "fieldwork": st.dictionaries(texts, members, max_size=3),
    },
)


@given(documents)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_written_and_read_it_is_the_same(document: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_spreadsheet(document, path)
        assert read_spreadsheet(path) == document


def test_good_form_stays_good(good_form: dict[str, Any], tmp_path: Path) -> None:
    write_spreadsheet(good_form, tmp_path / "form.xlsx")
    again = read_spreadsheet(tmp_path / "form.xlsx")
    assert again == good_form
    assert check(again, "form.xlsx") == []


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    write_spreadsheet({"survey": [{"type": "calculate", "calculation": "=1+1"}]}, tmp_path / "form.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "form.xlsx")["survey"]["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")


def test_columns_keep_the_order_of_every_row(tmp_path: Path) -> None:
    rows = [
        {"type": 1, "label": 1},
        {"type": 1, "hint": 1, "label": 1, "relevant": 1},
        {"name": 1, "hint": 1},
    ]
    write_spreadsheet({"survey": rows}, tmp_path / "form.xlsx")
    assert [list(row) for row in read_spreadsheet(tmp_path / "form.xlsx")["survey"]] == [list(row) for row in rows]


def test_empty_rows_between_keep_the_numbers_of_rows(tmp_path: Path) -> None:
    write_spreadsheet({"survey": [{"type": "text"}, {}, {"type": "note"}, {}]}, tmp_path / "form.xlsx")
    assert read_spreadsheet(tmp_path / "form.xlsx")["survey"] == [{"type": "text"}, {}, {"type": "note"}]


def test_fieldwork_may_be_written_without_quotation_marks(tmp_path: Path) -> None:
    rows = [{"member": "community", "value": "kelurahan"}, {"member": "personal", "value": '["phone"]'}]
    write_spreadsheet({"survey": [], "Fieldwork": rows}, tmp_path / "form.xlsx")
    read = read_spreadsheet(tmp_path / "form.xlsx")
    assert read["fieldwork"] == {"community": "kelurahan", "personal": ["phone"]}


def test_second_row_of_settings_is_kept_and_refused(good_form: dict[str, Any], tmp_path: Path) -> None:
    good_form["settings"] = [good_form["settings"], {"form_title": "Another"}]
    write_spreadsheet(good_form, tmp_path / "form.xlsx")
    read = read_spreadsheet(tmp_path / "form.xlsx")
    assert read["settings"] == good_form["settings"]
    assert [fault.sheet for fault in check(read, "form.xlsx")] == ["settings"]


def test_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["type", "label", "label"])
    workbook.save(tmp_path / "form.xlsx")
    with pytest.raises(NotASpreadsheetError, match=r"'label' twice: rename"):
        read_spreadsheet(tmp_path / "form.xlsx")


def test_text_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotASpreadsheetError, match="survey row 2"):
        write_spreadsheet({"survey": [{"label": "a" * 32_768}]}, tmp_path / "form.xlsx")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file", b"type,name\ntext,a\n"])
def test_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(content)
    with pytest.raises(NotASpreadsheetError, match=r"form\.xlsx"):
        read_spreadsheet(tmp_path / "form.xlsx")
