"""Answers of all versions in the columns of one: carried where they belong, and never dropped in silence."""

import copy
from typing import Any

from app.access.policy import Role
from tests.exports.conftest import FORM, LABEL, Send, table, tables
from tests.support.server import Caller
from tests.support.village import Villages, version_of

Tree = dict[str, Any]


def _second(**rows: dict[str, Any] | None) -> Tree:
    """Version 2: rows with other cells, or None for a row that is gone."""
    form = copy.deepcopy(version_of(FORM, "2"))
    for sheet in ("survey", "choices"):
        form[sheet] = [
            {**row, **(rows.get(row.get("name", ""), {}) or {})}
            for row in form[sheet]
            if rows.get(row.get("name", ""), row) is not None
        ]
    return form


def _mapping(**members: Any) -> Tree:
    return {"spec": "mapping/1", "form_id": "flood", "from": "1", "to": "2", **members}


def test_without_changes_versions_share_all_columns(villages: Villages, analyst: Caller, send: Send) -> None:
    send(house={"rooms": 1})
    before = list(table(analyst)[0])
    villages.server.publish(_second())
    send(version="2", house={"rooms": 2})
    found = table(analyst)
    assert [(row["version"], row["house/rooms"]) for row in found] == [("1", "1"), ("2", "2")]
    assert list(found[0]) == before


def test_mapping_carries_renamed_questions_and_merged_choices(villages: Villages, analyst: Caller, send: Send) -> None:
    send(house={"rooms": 1, "walls": "bamboo"}, sources=["drum", "radio"])
    villages.server.publish(_second(rooms={"name": "spaces"}, bamboo=None, drum=None))
    villages.server.publish(
        _mapping(questions={"rooms": "spaces"}, choices={"walls": {"bamboo": "wood"}, "sources": {"drum": "radio"}})
    )
    send(version="2", house={"spaces": 2, "walls": "brick"}, sources=["phone"])
    old, new = table(analyst)
    assert (old["house/spaces"], new["house/spaces"]) == ("1", "2")
    assert (old["house/walls"], new["house/walls"]) == ("wood", "brick")
    assert (old["sources"], old["sources/radio"], old["sources/phone"]) == ("radio", "1", "0")
    assert "house/rooms" not in old
    assert "sources/drum" not in old


def test_without_a_mapping_old_answers_get_columns_at_the_end(villages: Villages, analyst: Caller, send: Send) -> None:
    send(house={"rooms": 1}, sources=["drum"])
    villages.server.publish(_second(rooms={"name": "spaces"}, drum=None))
    send(version="2", house={"spaces": 2}, sources=["phone"])
    old, new = table(analyst)
    assert list(old)[-1] == "house/rooms"
    assert (old["house/rooms"], old["house/spaces"]) == ("1", "")
    assert (new["house/rooms"], new["house/spaces"]) == ("", "2")
    assert (old["sources/drum"], new["sources/drum"]) == ("1", "0")


def test_answers_of_another_type_do_not_mix(villages: Villages, analyst: Caller, send: Send) -> None:
    send(house={"rooms": 1})
    villages.server.publish(_second(rooms={"type": "text"}))
    send(version="2", house={"rooms": "one, and a kitchen"})
    old, new = table(analyst)
    assert (old["house/rooms"], old["house/rooms@1"]) == ("", "1")
    assert (new["house/rooms"], new["house/rooms@1"]) == ("one, and a kitchen", "")


def test_moved_questions_are_found_by_name(villages: Villages, analyst: Caller, send: Send) -> None:
    send(story="before")
    form = _second()
    story = form["survey"].pop()
    form["survey"].insert(9, story)
    villages.server.publish(form)
    send(version="2", story=None, house={"story": "after"})
    assert [row["house/story"] for row in table(analyst)] == ["before", "after"]


def test_columns_of_an_older_version_can_be_asked_for(villages: Villages, analyst: Caller, send: Send) -> None:
    send(house={"rooms": 1})
    villages.server.publish(_second(rooms={"name": "spaces"}), _mapping(questions={"rooms": "spaces"}))
    send(version="2", house={"spaces": 2})
    old, new = table(analyst, version="1")
    assert (old["house/rooms"], new["house/rooms"]) == ("1", "")
    assert new["house/spaces"] == "2", "no mapping leads back, so that it keeps a column of its own"


def test_renamed_repeat_is_carried_with_its_turns(villages: Villages, analyst: Caller, send: Send) -> None:
    send(member=[{"age": 7}])
    villages.server.publish(_second(member={"name": "person"}), _mapping(questions={"member": "person"}))
    send(version="2", member=None, person=[{"age": 8}, {"age": 9}])
    found = tables(analyst)
    assert list(found) == ["flood.csv", "flood.person.csv", "flood.person.illness.csv"]
    assert [row["person/count"] for row in found["flood.csv"]] == ["1", "2"]
    assert [row["age"] if "age" in row else row["person/age"] for row in found["flood.person.csv"]] == ["7", "8", "9"]


def test_repeat_that_is_gone_keeps_its_table(villages: Villages, analyst: Caller, send: Send) -> None:
    send(member=[{"age": 7}])
    form = _second()
    form["survey"] = [
        row for row in form["survey"] if row.get("name") not in ("member", "called", "age", "illness", "what")
    ]
    form["survey"] = [row for row in form["survey"] if row["type"] != "end_repeat"]
    form["fieldwork"]["personal"] = ["respondent", "contact/phone"]
    villages.server.publish(form)
    send(version="2", member=None)
    found = tables(analyst)
    assert [row["member/count"] for row in found["flood.csv"]] == ["1", ""]
    assert [row["member/age"] for row in found["flood.member.csv"]] == ["7"]


def test_versions_without_interviews_add_no_columns(villages: Villages, analyst: Caller, send: Send) -> None:
    extra = {"type": "text", "name": "draft_question", LABEL: "Draft"}
    draft = _second()
    draft["survey"].append(extra)
    third = version_of(FORM, "3")
    villages.server.publish(draft, third)
    send(version="3")
    assert "draft_question" not in table(analyst)[0]
    assert villages.server.enrol(Role.ADMIN).get("/exports/flood.csv").status_code == 200


def test_one_name_inside_a_repeat_and_outside_of_it_keeps_both_answers(
    villages: Villages, analyst: Caller, send: Send
) -> None:
    """Version 1 asks the age in a repeat, version 2 in a group of the same name, version 3 not at all."""
    send(member=[{"age": 7}])
    grouped = _second()
    for row in grouped["survey"]:
        if row.get("name") == "member":
            row["type"] = "begin_group"
    last = max(number for number, row in enumerate(grouped["survey"]) if row["type"] == "end_repeat")
    grouped["survey"][last]["type"] = "end_group"
    third = version_of(FORM, "3")
    third["survey"] = [row for row in third["survey"] if row.get("name") != "age"]
    villages.server.publish(grouped, third)
    send(version="2", member={"age": 8})
    send(version="3", member=[{}])
    found = tables(analyst)
    assert [row["member/age"] for row in found["flood.csv"]] == ["", "8", ""]
    assert [row["member/age"] for row in found["flood.member.csv"]] == ["7", ""]
