"""A mapping carries answers from version to version, and touches nothing that it does not name."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.forms.carrying import Carrying, Hop, carry, rechosen, route
from app.forms.mapping import VersionMapping
from app.forms.pairing import items_of
from app.forms.questions import compile_form

LISTS = {"levels": ["low", "mid", "high"], "ways": ["radio", "drum", "phone"]}


def _form(*rows: tuple[str, str]) -> Any:
    survey = [{"type": kind, "name": name} if name else {"type": kind} for kind, name in rows]
    choices = [{"list_name": each, "name": name} for each, names in LISTS.items() for name in names]
    return items_of(compile_form({"settings": {"form_id": "f", "version": "1"}, "survey": survey, "choices": choices}))


def _mapping(begins: str, ends: str, **members: Any) -> VersionMapping:
    return VersionMapping.model_validate({"spec": "mapping/1", "form_id": "f", "from": begins, "to": ends, **members})


ONE = _form(("integer", "minutes"), ("select_one levels", "water"), ("select_multiple ways", "heard"), ("text", "note"))
TWO = _form(("integer", "walk"), ("select_one levels", "flood"), ("select_multiple ways", "heard"), ("text", "note"))
THREE = _form(("integer", "walking"), ("select_one levels", "flood"), ("select_multiple ways", "heard"))
TO_TWO = _mapping(
    "1",
    "2",
    questions={"minutes": "walk", "water": "flood"},
    choices={"levels": {"mid": "low"}, "heard": {"drum": "radio"}},
)
TO_THREE = _mapping("2", "3", questions={"walk": "walking", "note": None}, choices={"flood": {"low": "high"}})

ANSWERS: dict[str, Any] = {"minutes": 7, "water": "mid", "heard": ["drum", "phone", "radio"], "note": "x"}


def _carried(carrying: Carrying, **values: Any) -> dict[str, Any]:
    return carrying.values(values)


def test_renamed_questions_and_choices_are_read_under_their_new_names() -> None:
    carried = _carried(carry(ONE, [Hop(ONE, TWO, TO_TWO)]), **ANSWERS)
    assert carried["walk"] == 7
    assert carried["flood"] == "low"
    assert carried["heard"] == ["radio", "phone"], "two choices became one, which stands once"
    assert carried["note"] == "x"


def test_old_names_stay_readable_for_frameworks_that_ask_for_them() -> None:
    carried = _carried(carry(ONE, [Hop(ONE, TWO, TO_TWO)]), **ANSWERS)
    assert (carried["minutes"], carried["water"]) == (7, "mid")


def test_mappings_chain() -> None:
    carrying = carry(ONE, [Hop(ONE, TWO, TO_TWO), Hop(TWO, THREE, TO_THREE)])
    carried = _carried(carrying, **ANSWERS)
    assert (carried["walking"], carried["flood"]) == (7, "high"), "mid became low, and low became high"
    assert carrying.places == {("minutes",): ("walking",), ("water",): ("flood",), ("heard",): ("heard",)}


def test_names_that_were_exchanged_are_exchanged() -> None:
    both = _form(("integer", "a"), ("integer", "b"))
    carrying = carry(both, [Hop(both, both, _mapping("1", "2", questions={"a": "b", "b": "a"}))])
    assert _carried(carrying, a=1, b=2) == {"a": 2, "b": 1}
    assert _carried(carrying, a=1) == {"b": 1}


def test_null_keeps_old_answers_out_of_a_question_of_the_same_name() -> None:
    carrying = carry(ONE, [Hop(ONE, ONE, _mapping("1", "2", questions={"minutes": None}))])
    assert "minutes" not in _carried(carrying, **ANSWERS)
    assert ("minutes",) not in carrying.places


def test_without_a_mapping_names_are_followed_through_groups_but_not_into_repeats() -> None:
    grouped = _form(("begin group", "g"), ("integer", "minutes"), ("end group", ""))
    repeated = _form(("begin repeat", "r"), ("integer", "minutes"), ("end repeat", ""))
    assert carry(ONE, [Hop(ONE, grouped)]).places == {("minutes",): ("g", "minutes")}
    assert carry(ONE, [Hop(ONE, repeated)]).places == {}


def test_other_types_are_not_carried() -> None:
    assert carry(ONE, [Hop(ONE, _form(("text", "minutes")))]).places == {}
    assert carry(ONE, [Hop(ONE, _form(("decimal", "minutes")))]).places == {("minutes",): ("minutes",)}


def test_repeats_take_along_what_they_hold() -> None:
    old = _form(("begin repeat", "member"), ("integer", "age"), ("end repeat", ""), ("integer", "age_of_head"))
    new = _form(("begin repeat", "person"), ("integer", "age"), ("end repeat", ""), ("integer", "age_of_head"))
    places = carry(old, [Hop(old, new, _mapping("1", "2", questions={"member": "person"}))]).places
    assert places[("member", "age")] == ("person", "age")


def test_route_follows_mappings_and_passes_over_versions_without_one() -> None:
    order = ["1", "2", "3", "4", "5"]
    two_three, three_four, two_four = _mapping("2", "3"), _mapping("3", "4"), _mapping("2", "4")
    assert route(order, [], "1") == []
    assert route(order, [two_three, three_four], "1") == [
        ("1", "2", None),
        ("2", "3", two_three),
        ("3", "4", three_four),
    ]
    assert route(order, [two_three, three_four, two_four], "2") == [("2", "4", two_four)]
    assert route(order, [two_three], "3") == []
    assert route(["1", "2"], [two_three], "1") == [], "a mapping into a later version is not for this one"


@given(st.dictionaries(st.sampled_from(list(ANSWERS)), st.sampled_from([1, "low", "mid", ["drum"], "x"])))
def test_identity_changes_nothing(values: dict[str, Any]) -> None:
    assert carry(ONE, [Hop(ONE, ONE)]).values(values) == values


@given(st.lists(st.sampled_from(LISTS["ways"])), st.dictionaries(*[st.sampled_from(LISTS["ways"])] * 2))
def test_merging_choices_twice_is_merging_them_once_where_the_new_ones_stay(
    chosen: list[str], choices: dict[str, str]
) -> None:
    once = {old: new for old, new in choices.items() if new not in choices}
    merged = rechosen(list(dict.fromkeys(chosen)), once)
    assert rechosen(merged, once) == merged
