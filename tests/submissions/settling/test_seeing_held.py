"""What is held can be seen by those who look after it: what was sent, why it waits, and what would mend it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.submissions.household import interview
from tests.support.server import Caller, Server


def test_list_tells_what_waits_without_answers(here: Caller, coordinator: Caller) -> None:
    first, second = interview(community="Bandarharja"), {**interview(), "version": "9", "device_seq": 7}
    here.send(interview(), first, second)
    listed = coordinator.get("/held").json()
    assert [(each["instance_id"], each["reason"]) for each in listed["held"]] == [
        (first["instance_id"], "unknown_community"),
        (second["instance_id"], "unknown_form"),
    ]
    assert listed["next_cursor"] is None
    assert (listed["held"][1]["device"], listed["held"][1]["device_seq"]) == ("tablet-here", 7)
    assert not {"raw", "answers"} & listed["held"][0].keys()


def test_list_is_paged_and_filtered(here: Caller, coordinator: Caller) -> None:
    here.send(*(interview(community="nowhere") for _ in range(3)), {**interview(), "form_id": "shops"})
    page = coordinator.get("/held", params={"limit": 2}).json()
    rest = coordinator.get("/held", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert (len(page["held"]), len(rest["held"]), rest["next_cursor"]) == (2, 2, None)
    assert len(coordinator.get("/held", params={"reason": "unknown_form"}).json()["held"]) == 1
    assert len(coordinator.get("/held", params={"form_id": "household"}).json()["held"]) == 3


HINTS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "a name instead of a code": (
        interview(community=" bandarharja"),
        "unknown_community",
        {
            "answer": " bandarharja",
            "communities": [{"code": "33.74.01", "name": "Bandarharjo", "level": "kelurahan", "parent": "33.74"}],
        },
    ),
    "a version that is not published": (
        {**interview(), "version": "2"},
        "unknown_form",
        {"versions": ["1"], "forms": []},
    ),
    "a form under another name": (
        {**interview(), "form_id": "houshold"},
        "unknown_form",
        {"versions": [], "forms": ["household"]},
    ),
    "answers that cannot be read": (
        interview(house={"roof": "\0"}, member=[{"age": 1}, {"age": "\0"}]),
        "unreadable_answers",
        {"places": ["house/roof", "member[2]/age"]},
    ),
}


@pytest.mark.parametrize("case", HINTS)
def test_reason_is_told_in_both_languages_with_what_would_mend_it(here: Caller, coordinator: Caller, case: str) -> None:
    item, slug, hints = HINTS[case]
    here.send(item)
    (held,) = coordinator.get(f"/held/{item['instance_id']}").json()["held"]
    assert held["problem"]["slug"] == held["reason"] == slug
    assert held["problem"]["message"].keys() == {"id", "en"}
    assert held["hints"] == hints
    assert item["instance_id"] in held["raw"]


def test_every_look_at_answers_is_recorded(
    here: Caller, coordinator: Caller, audited: Callable[[str], list[dict[str, Any]]]
) -> None:
    item = interview(community="nowhere")
    here.send(item)
    coordinator.get("/held")
    assert audited("answers_read") == []
    coordinator.get(f"/held/{item['instance_id']}")
    assert audited("answers_read") == [{"subject": item["instance_id"]}]


def test_neighbours_see_nothing_of_it(here: Caller, neighbour: Caller, admin: Caller) -> None:
    item = interview(community="nowhere")
    here.send(item)
    assert neighbour.get("/held").json()["held"] == []
    assert neighbour.get("/fieldwork").json()["totals"]["held"] == 0
    absent = neighbour.get("/held/uuid:0196b2a4-7d1c-7c3e-9a51-0d6f3f2b8c11")
    assert neighbour.get(f"/held/{item['instance_id']}").json() == absent.json()
    assert absent.status_code == 404
    assert admin.get(f"/held/{item['instance_id']}").status_code == 200


def test_who_looks_after_the_tablet_counts_it(here: Caller, coordinator: Caller) -> None:
    here.send(interview(community="nowhere"))
    seen = coordinator.get("/fieldwork").json()
    assert (seen["totals"]["held"], seen["unplaced"]["held"]) == (1, 1)
    item = coordinator.get("/held").json()["held"][0]["instance_id"]
    assert coordinator.get(f"/submissions/{item}").json()["state"] == "held"


def test_what_a_tablet_of_the_whole_city_brought_is_for_the_whole_city(
    tablet: Caller, coordinator: Caller, admin: Caller
) -> None:
    tablet.send(interview(community="nowhere"))
    assert coordinator.get("/held").json()["held"] == []
    assert len(admin.get("/held").json()["held"]) == 1


def test_tablets_do_not_settle(here: Caller, fieldwork: Server) -> None:
    item = interview(community="nowhere")
    here.send(item)
    for path in ("/held", f"/held/{item['instance_id']}", "/conflicts", f"/conflicts/{item['instance_id']}"):
        assert here.get(path).status_code == 403
        assert fieldwork.nobody().get(path).status_code == 401
