"""Which columns a form may have, what they mean, and that a document goes through the model unchanged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxform import aliases
from pyxform.parsing.sheet_headers import process_header
from pyxform.question import MultipleChoiceQuestion

from app.forms.xlsform import COLUMNS, Column, FormDocument, read_header

# Parts of pyxform's own representation, which are no columns of their own.
NOT_COLUMNS = {
    *(
        "actions",
        "bind",
        "body",
        "choices",
        "control",
        "extra_data",
        "instance",
        "itemset",
        "list_name",
        "media",
    ),
    *("parent", "query"),
}
PUBLIC = {name for name in MultipleChoiceQuestion.get_slot_names() if not name.startswith("_")}


@pytest.mark.parametrize("header", sorted({*aliases.survey_header, *PUBLIC} - NOT_COLUMNS))
def test_every_survey_column_of_pyxform_is_known(header: str) -> None:
    assert read_header("survey", header) is not None


@pytest.mark.parametrize("header", sorted({*aliases.settings_header, *aliases.list_header} - {"prefix"}))
def test_every_other_alias_of_pyxform_is_known(header: str) -> None:
    sheet = "settings" if header in aliases.settings_header else "choices"
    assert read_header(sheet, header) is not None


@pytest.mark.parametrize("header", sorted(set(aliases.survey_header) - NOT_COLUMNS))
def test_spellings_that_pyxform_takes_for_one_are_one(header: str) -> None:
    """Two headers name the same column for us exactly where they do so for pyxform."""
    ours = {other for other in aliases.survey_header if read_header("survey", other) == read_header("survey", header)}
    theirs = {other for other in aliases.survey_header if _pyxform(other) == _pyxform(header)}
    assert ours == theirs


def _pyxform(header: str) -> tuple[str, ...]:
    columns = set(MultipleChoiceQuestion.get_slot_names())
    return tuple(process_header(header, False, aliases.survey_header, columns)[1])


@pytest.mark.parametrize(
    ("sheet", "header", "column"),
    [
        ("survey", "label", Column("label")),
        ("survey", "Label::English (en)", Column("label", "English (en)")),
        ("survey", "label :: Bahasa Indonesia (id)", Column("label", "Bahasa Indonesia (id)")),
        ("survey", "guidance hint::id", Column("guidance_hint", "id")),
        ("survey", "relevance", Column("relevant")),
        ("survey", "bind::relevant", Column("relevant")),
        ("survey", "bind::jr:constraintMsg::id", Column("constraint_message", "id")),
        ("survey", "bind::odk:length", Column("bind::odk:length")),
        ("survey", "control::intent", Column("body::intent")),
        ("survey", "body::accuracyThreshold", Column("body::accuracyThreshold")),
        ("survey", "instance::odk:tag", Column("instance::odk:tag")),
        ("survey", "media::image::id", Column("image", "id")),
        ("survey", "media::big-image", Column("big-image")),
        ("survey", "image::id", Column("image", "id")),
        ("choices", "list name", Column("list_name")),
        ("choices", "value", Column("name")),
        ("choices", "media::audio", Column("audio")),
        ("choices", "kelurahan", Column("kelurahan")),
        ("settings", "id_string", Column("form_id")),
        ("settings", "attribute::odk:x", Column("attribute::odk:x")),
        *[("survey", header, None) for header in ("", "::", "foo", "label::", "label::a::b", "relevant::id", "bind")],
        *[("survey", header, None) for header in ("bind::", "media::gif", "label:English", "list_name")],
        *[("choices", header, None) for header in ("a b", "1st", "kelurahan::id", "relevant::id")],
        ("entities", "foo", None),
    ],
)
def test_header_is_read(sheet: str, header: str, column: Column | None) -> None:
    assert read_header(sheet, header) == column


cells = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | st.text("aé= \n€😀")


def rows(sheet: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(COLUMNS[sheet])), cells, max_size=5)


@given(
    st.fixed_dictionaries(
        {"settings": rows("settings"), "survey": st.lists(rows("survey"), max_size=3)},
        optional={
            "choices": st.lists(rows("choices"), max_size=3),
            "entities": st.lists(rows("entities"), max_size=1),
            "_remarks": st.lists(st.dictionaries(st.text("ab "), cells), max_size=2),
            "fieldwork": st.just({"personal": ["a"], "consent": {"question": "b", "given": []}}),
        },
    )
)
def test_document_goes_through_the_model_unchanged(document: dict[str, Any]) -> None:
    through = FormDocument.model_validate(document).model_dump(exclude_unset=True)
    assert through == document
    assert repr(through["survey"]) == repr(document["survey"])
