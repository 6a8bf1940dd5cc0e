"""What a new version changes: each kind of change has its class, and names its questions."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.forms.changes import compare, draft_mapping, unsettled
from app.forms.mapping import VersionMapping

Form = dict[str, Any]
Edit = Callable[[Form], object]

FORM: Form = {
    "settings": {"form_id": "household", "version": "1", "default_language": "English (en)"},
    "survey": [
        {"type": "select_one yes_no", "name": "consent", "label::English (en)": "May we begin?"},
        {"type": "text", "name": "community", "label::English (en)": "Community"},
        {"type": "begin_group", "name": "house", "label::English (en)": "House"},
        {"type": "integer", "name": "rooms", "label::English (en)": "How many rooms are there?"},
        {"type": "text", "name": "owner", "label::English (en)": "Who owns it?"},
        {"type": "end_group"},
        {"type": "begin_repeat", "name": "member", "label::English (en)": "Member of the household"},
        {"type": "integer", "name": "age", "label::English (en)": "Age in years"},
        {"type": "select_one yes_no", "name": "works", "label::English (en)": "Does she work?"},
        {"type": "end_repeat"},
        {"type": "select_multiple sources", "name": "sources", "label::English (en)": "Where do warnings come from?"},
        {"type": "note", "name": "thanks", "label::English (en)": "Thank you"},
    ],
    "choices": [
        {"list_name": "yes_no", "name": "yes", "label::English (en)": "Yes"},
        {"list_name": "yes_no", "name": "no", "label::English (en)": "No"},
        {"list_name": "sources", "name": "radio", "label::English (en)": "Radio"},
        {"list_name": "sources", "name": "kentongan", "label::English (en)": "Wooden drum"},
    ],
    "fieldwork": {"community": "community", "personal": ["owner"]},
}


def _row(form: Form, name: str) -> dict[str, Any]:
    return next(row for row in [*form["survey"], *form["choices"]] if row.get("name") == name)


def _setting(name: str, /, **cells: Any) -> Edit:
    return lambda form: _row(form, name).update(cells)


def _without(*names: str) -> Edit:
    def remove(form: Form) -> None:
        for sheet in ("survey", "choices"):
            form[sheet] = [row for row in form[sheet] if row.get("name") not in names]

    return remove


def _added(sheet: str, place: int, **cells: Any) -> Edit:
    return lambda form: form[sheet].insert(place, cells)


def _moved(name: str, place: int) -> Edit:
    def move(form: Form) -> None:
        row = _row(form, name)
        form["survey"].remove(row)
        form["survey"].insert(place, row)

    return move


def _retyped(old: str, new: str) -> Edit:
    def change(form: Form) -> None:
        for row in form["survey"]:
            row["type"] = row["type"].replace(old, new)

    return change


def _all(*edits: Edit) -> Edit:
    return lambda form: [edit(form) for edit in edits]


INDONESIAN = "label::Bahasa Indonesia (id)"

CHANGES: list[tuple[str, Edit, list[tuple[str, str, tuple[str, ...]]]]] = [
    ("nothing", _setting("rooms"), []),
    (
        "question added",
        _added("survey", 4, type="integer", name="floors", **{"label::English (en)": "Floors"}),
        [("safe", "question_added", ("house/floors",))],
    ),
    ("question removed", _without("rooms"), [("needs_mapping", "question_removed", ("house/rooms",))]),
    ("note removed", _without("thanks"), [("safe", "question_removed", ("thanks",))]),
    (
        "question renamed",
        _setting("rooms", name="bedrooms"),
        [("needs_mapping", "question_renamed", ("house/rooms", "house/bedrooms"))],
    ),
    ("question moved into a group", _moved("community", 3), [("safe", "question_moved", ("house/community",))]),
    ("question moved out of a group", _moved("owner", 1), [("safe", "question_moved", ("owner",))]),
    ("question moved into a repeat", _moved("sources", 7), [("breaking", "repeat_changed", ("sources",))]),
    ("question moved out of a repeat", _moved("age", 1), [("breaking", "repeat_changed", ("member/age",))]),
    (
        "repeat became a group",
        _retyped("_repeat", "_group"),
        [("breaking", "repeat_changed", ("member/age", "member/works"))],
    ),
    (
        "group became a repeat",
        _retyped("_group", "_repeat"),
        [("breaking", "repeat_changed", ("house/rooms", "house/owner"))],
    ),
    (
        "repeat removed",
        lambda form: form["survey"].__delitem__(slice(6, 10)),
        [("needs_mapping", "question_removed", ("member", "member/age", "member/works"))],
    ),
    (
        "repeat renamed",
        _setting("member", name="person"),
        [("needs_mapping", "question_renamed", ("member", "person"))],
    ),
    ("type changed", _setting("rooms", type="text"), [("breaking", "type_changed", ("house/rooms",))]),
    ("type became wider", _setting("rooms", type="decimal"), [("safe", "type_widened", ("house/rooms",))]),
    (
        "one choice became many",
        _setting("consent", type="select_multiple yes_no"),
        [("breaking", "type_changed", ("consent",))],
    ),
    (
        "choice added",
        _added("choices", 0, list_name="yes_no", name="dk", **{"label::English (en)": "Do not know"}),
        [("safe", "choice_added", ("consent", "member/works"))],
    ),
    ("choice removed", _without("radio"), [("needs_mapping", "choice_removed", ("sources",))]),
    ("choice renamed", _setting("kentongan", name="drum"), [("needs_mapping", "choice_renamed", ("sources",))]),
    (
        "choice relabelled",
        _setting("radio", **{"label::English (en)": "FM"}),
        [("safe", "choice_label_changed", ("sources",))],
    ),
    (
        "list replaced",
        _all(
            _retyped("sources", "media"), _setting("radio", list_name="media"), _setting("kentongan", list_name="media")
        ),
        [("safe", "list_changed", ("sources",))],
    ),
    ("required", _setting("rooms", required="yes"), [("safe", "required_changed", ("house/rooms",))]),
    ("relevant", _setting("house", relevant="${consent} = 'yes'"), [("safe", "relevant_changed", ("house",))]),
    ("constraint", _setting("rooms", constraint=". > 0"), [("safe", "constraint_changed", ("house/rooms",))]),
    ("calculation", _setting("owner", calculation="'x'"), [("safe", "calculation_changed", ("house/owner",))]),
    ("choice filter", _setting("sources", choice_filter="true()"), [("safe", "choice_filter_changed", ("sources",))]),
    ("repeat count", _setting("member", repeat_count="${rooms}"), [("safe", "repeat_count_changed", ("member",))]),
    ("label", _setting("rooms", **{"label::English (en)": "Rooms?"}), [("safe", "label_changed", ("house/rooms",))]),
    ("appearance", _setting("rooms", appearance="w1"), [("safe", "presentation_changed", ("house/rooms",))]),
    (
        "language added",
        lambda form: [row.update({INDONESIAN: "x"}) for row in form["survey"] if "name" in row],
        [("safe", "language_added", ())],
    ),
    (
        "community lost",
        _all(_without("community"), lambda form: form["fieldwork"].pop("community")),
        [
            ("breaking", "fieldwork_changed", ("community",)),
            ("needs_mapping", "question_removed", ("community",)),
            ("safe", "fieldwork_changed", ("community",)),
        ],
    ),
    (
        "protection lost",
        lambda form: form["fieldwork"].update(personal=[]),
        [("breaking", "no_longer_personal", ("house/owner",)), ("safe", "fieldwork_changed", ("personal",))],
    ),
    (
        "protection added",
        lambda form: form["fieldwork"].update(sensitive=["rooms"]),
        [("safe", "fieldwork_changed", ("sensitive",))],
    ),
    (
        "consent asked",
        lambda form: form["fieldwork"].update(consent={"question": "consent", "given": ["yes"]}),
        [("safe", "fieldwork_changed", ("consent",))],
    ),
]


def test_renaming_alone_changes_no_logic() -> None:
    before = _edited(_setting("owner", relevant="${rooms} > 0"))
    after = _edited(_all(_setting("rooms", name="bedrooms"), _setting("owner", relevant="${bedrooms} > 0")))
    assert [change.code for change in compare(before, after)] == ["question_renamed"]


@pytest.mark.parametrize(("edit", "expected"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES])
def test_each_kind_of_change(edit: Edit, expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    found = compare(FORM, _edited(edit))
    assert [(str(change.verdict), change.code, change.questions) for change in found] == expected
    assert all(change.message.endswith(".") for change in found)
    assert all(change.remedy for change in found if change.verdict != "safe")


def _edited(edit: Edit) -> Form:
    form = copy.deepcopy(FORM)
    edit(form)
    return form


def test_worst_changes_come_first() -> None:
    edit = _all(_setting("rooms", required="yes"), _without("radio"), _setting("owner", type="date"))
    verdicts = [str(change.verdict) for change in compare(FORM, _edited(edit))]
    assert verdicts == ["breaking", "needs_mapping", "safe"]


def test_list_whose_questions_went_separate_ways_is_settled_question_by_question() -> None:
    def split(form: Form) -> None:
        _row(form, "works")["type"] = "select_one short"
        form["choices"].append({"list_name": "short", "name": "yes", "label::English (en)": "Yes"})

    (removed,) = (change for change in compare(FORM, _edited(split)) if change.verdict == "needs_mapping")
    assert removed.questions == ("member/works",)
    assert removed.entry
    assert removed.entry.place == "member/works"


MAPPED: list[Edit] = [
    _without("rooms"),
    _setting("rooms", name="bedrooms"),
    _setting("member", name="person"),
    _all(_setting("member", name="person"), _setting("age", name="years")),
    _without("radio"),
    _setting("kentongan", name="drum"),
    _all(_setting("rooms", name="bedrooms"), _without("radio"), _without("owner")),
]


@pytest.mark.parametrize("edit", MAPPED)
def test_drafted_mapping_settles_what_needs_one(edit: Edit) -> None:
    new = _edited(edit)
    changes = compare(FORM, new)
    assert unsettled(changes, None) == [change for change in changes if change.verdict != "safe"] != []
    mapping = VersionMapping.model_validate(draft_mapping("household", "1", "2", changes))
    assert unsettled(compare(FORM, new, mapping), mapping) == []


def test_no_mapping_settles_what_breaks() -> None:
    new = _edited(_setting("rooms", type="text"))
    mapping = VersionMapping.model_validate(
        {"spec": "mapping/1", "form_id": "household", "from": "1", "to": "2", "questions": {"rooms": None}}
    )
    assert [change.code for change in unsettled(compare(FORM, new), None)] == ["type_changed"]
    assert draft_mapping("household", "1", "2", compare(FORM, new)) is None
    assert unsettled(compare(FORM, FORM, mapping), mapping) == []


def test_what_a_mapping_says_is_believed_rather_than_guessed() -> None:
    """The names look alike, and the author knows that it is another question."""
    new = _edited(_setting("rooms", name="bedrooms"))
    mapping = VersionMapping.model_validate(
        {"spec": "mapping/1", "form_id": "household", "from": "1", "to": "2", "questions": {"rooms": None}}
    )
    codes = {change.code for change in compare(FORM, new, mapping)}
    assert codes == {"question_removed", "question_added"}
