"""Every spelling of a question type that pyxform accepts has one base name."""

import pytest
from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from app.forms.question_types import RowType, read_type

# pyxform has them in its dictionary, and refuses them in a survey: a select needs a list.
WITHOUT_LIST = {
    *("q select", "q select1", "select all that apply", "select all that apply from", "select multiple from"),
    *("select multiple using", "select one", "select one external", "select one using", "rank"),
    *("add select multiple prompt using", "add select one prompt using"),
}
# Values of the bind type and control of pyxform that each base type must have.
BINDS = {
    "text": "string",
    "integer": "int",
    "datetime": "dateTime",
    "note": "string",
    "acknowledge": "string",
}


@pytest.mark.parametrize("spelling", sorted({*QUESTION_TYPE_DICT, *aliases._type_alias_map} - WITHOUT_LIST))
def test_every_type_of_pyxform_is_known(spelling: str) -> None:
    row_type = read_type(spelling)
    assert row_type is not None
    bind = QUESTION_TYPE_DICT.get(spelling, {}).get("bind", {})
    preload = bind.get("jr:preloadParams", "").removeprefix("uri:")
    assert row_type.base == (preload or row_type.base)
    assert BINDS.get(row_type.base, bind.get("type")) == bind.get("type", BINDS.get(row_type.base))


@pytest.mark.parametrize(("spelling", "meant"), sorted(aliases.select.items()))
def test_every_select_of_pyxform_is_known(spelling: str, meant: str) -> None:
    row_type = read_type(f"{spelling} fruits.csv or_other")
    assert row_type is not None
    base = {"select all that apply": "select_multiple", "rank": "rank"}.get(meant, "select_one")
    assert (row_type.base, row_type.list_name, row_type.or_other) == (base, "fruits.csv", True)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("select_one yes_no", RowType("select_one", list_name="yes_no", choices_in="choices")),
        ("select_multiple  yes_no", RowType("select_multiple", list_name="yes_no", choices_in="choices")),
        ("select one from yes_no or specify other", RowType("select_one", "", "", "yes_no", True, "choices")),
        ("select_one_from_file rt.csv", RowType("select_one", list_name="rt.csv", choices_in="file")),
        ("select_one_external rt", RowType("select_one", list_name="rt", choices_in="external_choices")),
        ("select_one ${member}", RowType("select_one", list_name="${member}", choices_in="answers")),
        ("rank needs", RowType("rank", list_name="needs", choices_in="choices")),
        ("osm building", RowType("osm", list_name="building", choices_in="osm")),
        ("begin_group", RowType("", "begin", "group")),
        ("begin repeat", RowType("", "begin", "repeat")),
        ("begin lgroup", RowType("", "begin", "repeat")),
        ("begin loop over toilets", RowType("", "begin", "loop", "toilets")),
        ("end looped group", RowType("", "end", "repeat")),
        ("end", RowType("end")),
        ("end time", RowType("end")),
    ],
)
def test_type_is_read(text: str, meaning: RowType) -> None:
    assert read_type(text) == meaning


@pytest.mark.parametrize("text", ["", "Text", "select_one", "select_one a b", "group", "begin", "cascading_select a"])
def test_anything_else_is_no_type(text: str) -> None:
    assert read_type(text) is None
