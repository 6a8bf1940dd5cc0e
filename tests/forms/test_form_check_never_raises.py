"""Whatever JSON is handed to the check, it answers with faults and never raises."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.forms.check import check

text = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "survey",
        "type",
        "name",
        "yes",
        "text",
        "select_one a",
        "begin_group",
        "end_repeat",
        "${a}",
        "${",
        "a",
        "",
        "::",
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(text, inside, max_size=4),
    max_leaves=12,
)
columns = st.sampled_from(
    [
        "type",
        "name",
        "label",
        "label::English (en)",
        "list_name",
        "relevant",
        "choice_filter",
        "repeat_count",
        "form_id",
    ]
)
PLAIN_TYPES = [
    "text",
    "note",
    "audit",
    "range",
    "calculate",
    "background-geopoint",
    "csv-external",
    "select_one",
]
SELECTS = [
    "select_one a",
    "select_multiple a or_other",
    "rank a",
    "osm a",
    "select_one_external a",
    "select_one ${a}",
]
GROUPS = ["begin_group", "end_group", "begin_repeat", "end_repeat", "begin loop over a", "end loop"]
types = st.sampled_from([*PLAIN_TYPES, *SELECTS, *GROUPS, "select_one_from_file a.csv"])
words = types | st.sampled_from(["a", "b", "${a}", "${b}", "yes"])
rows = st.dictionaries(columns | text, words | json_values, max_size=5)
sheets = st.lists(rows | json_values, max_size=6)
documents = st.fixed_dictionaries(
    {},
    optional={
        "settings": rows | json_values,
        "survey": sheets | json_values,
        "choices": sheets | json_values,
        "external_choices": sheets,
        "osm": sheets,
        "entities": sheets | json_values,
        "_remarks": sheets | json_values,
        "fieldwork": json_values
        | st.fixed_dictionaries(
            {}, optional={"community": words | json_values, "consent": rows, "personal": json_values}
        ),
    },
)


@given(json_values | documents)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_check_answers_whatever_it_is_given(document: Any) -> None:
    for fault in check(document, "any.json"):
        str(fault).encode("utf-8")
        assert fault.message
        assert fault.remedy


simple_rows = st.fixed_dictionaries(
    {"type": types, "name": st.sampled_from(["a", "b", "c"])},
    optional={
        "label": st.just("x"),
        "relevant": words,
        "choice_filter": words,
        "repeat_count": words,
        "default": words,
    },
)
simple_choices = st.fixed_dictionaries({"list_name": st.just("a"), "name": st.sampled_from(["x", "y", "none"])})


@given(st.lists(simple_rows, max_size=6), st.lists(simple_choices, max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_check_answers_forms_that_are_almost_right(survey: list[Any], choices: list[Any]) -> None:
    document = {"settings": {"form_id": "a", "version": "1"}, "survey": survey, "choices": choices}
    assert isinstance(check(document, "any.json"), list)
