"""What was held is used as soon as what was missing is published, as if it had come in its time."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.submissions.tables import Submission
from tests.submissions.household import FORM, HERE, interview, new_id
from tests.support.server import Caller, Server

Json = dict[str, Any]


def version(name: str) -> Json:
    form = deepcopy(FORM)
    form["settings"]["version"] = name
    return form


def of_version(item: Json, name: str) -> Json:
    return {**item, "version": name}


def test_replay_uses_what_can_be_used_and_leaves_the_rest(
    fieldwork: Server, tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    items = [of_version(interview(), "2") for _ in range(3)]
    tablet.send(*items, interview(community="nowhere"))
    assert admin.post("/replays", json={}).json() == {"accepted": 0, "edited": 0, "conflict": 0, "held": 4}
    fieldwork.publish(version("2"))
    assert admin.post("/replays", json={"form_id": "shops"}).json()["accepted"] == 0
    assert admin.post("/replays", json={"form_id": "household"}).json() == {
        "accepted": 3,
        "edited": 0,
        "conflict": 0,
        "held": 1,
    }
    assert {receipt["status"] for receipt in tablet.send(*items)["receipts"]} == {"duplicate"}
    in_order()


@pytest.mark.parametrize("odd", ['"\\ud800"', '"a\\u0000"'])
def test_a_name_that_no_form_can_have_is_refused(admin: Caller, odd: str) -> None:
    answer = admin.post("/replays", content=f'{{"form_id": {odd}}}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


def test_who_pages_by_number_sees_what_was_replayed(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    late = of_version(interview(), "2")
    tablet.send(late, interview())
    (seen,) = admin.get("/submissions").json()["submissions"]
    fieldwork.publish(version("2"))
    admin.post("/replays", json={})
    (new,) = admin.get("/submissions", params={"cursor": seen["seq"]}).json()["submissions"]
    assert new["instance_id"] == late["instance_id"]
    assert new["received_at"] == seen["received_at"], "it came in the same batch"


def test_coordinators_replay_their_own_only(
    fieldwork: Server, here: Caller, coordinator: Caller, neighbour: Caller
) -> None:
    here.send(of_version(interview(), "2"))
    fieldwork.publish(version("2"))
    assert neighbour.post("/replays", json={}).json() == {"accepted": 0, "edited": 0, "conflict": 0, "held": 0}
    assert coordinator.post("/replays", json={}).json()["accepted"] == 1


def test_a_replay_is_recorded_once_with_its_counts(
    fieldwork: Server, tablet: Caller, admin: Caller, audited: Callable[[str], list[Json]]
) -> None:
    tablet.send(of_version(interview(), "2"), of_version(interview(), "2"), interview(community="nowhere"))
    admin.post("/replays", json={})
    assert audited("held_replayed") == []
    fieldwork.publish(version("2"))
    admin.post("/replays", json={})
    assert audited("held_replayed") == [{"subject": "2 interviews", "accepted": 2}]


def test_other_content_that_came_meanwhile_makes_it_a_conflict(
    fieldwork: Server, tablet: Caller, admin: Caller, in_order: Callable[[], None]
) -> None:
    late = of_version(interview(minutes=90), "2")
    tablet.send(late, interview(late["instance_id"], minutes=10))
    fieldwork.publish(version("2"))
    assert admin.post("/replays", json={}).json()["conflict"] == 1
    (waiting,) = admin.get("/conflicts").json()["conflicts"]
    assert (waiting["instance_id"], waiting["kind"], waiting["community"]) == (late["instance_id"], "content", HERE)
    assert admin.get("/held").json()["held"] == []
    in_order()


def test_of_two_contents_held_under_one_id_the_first_counts(
    fieldwork: Server, tablet: Caller, admin: Caller, scores: Callable[[], dict[str, float]]
) -> None:
    first = of_version(interview(minutes=10), "2")
    tablet.send(first, of_version(interview(first["instance_id"], minutes=90), "2"))
    fieldwork.publish(version("2"))
    tally = admin.post("/replays", json={}).json()
    assert (tally["accepted"], tally["conflict"]) == (1, 1)
    assert scores() == {first["instance_id"]: 5.0}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chains=st.lists(st.lists(st.booleans(), min_size=1, max_size=3), min_size=1, max_size=3),
    order=st.randoms(use_true_random=False),
)
def test_any_order_of_sending_and_replaying_ends_the_same(
    fieldwork: Server,
    tablet: Caller,
    admin: Caller,
    kept: Callable[[str], Submission],
    in_order: Callable[[], None],
    chains: list[list[bool]],
    order: Any,
) -> None:
    """Chains of edits; those of a version yet to come are replayed, sent again, or both, in any order."""
    name = f"later-{new_id()}"
    items: list[list[Json]] = []
    for chain in chains:
        ids = [new_id() for _ in chain]
        pairs = zip(ids, [None, *ids[:-1]], chain, strict=True)
        items.append([of_version(interview(i, edits=of), name if late else "1") for i, of, late in pairs])
    deeds: list[Callable[[], Any]] = [
        *(lambda item=item: tablet.send(item) for chain in items for item in chain),
        lambda: fieldwork.publish(version(name)),
        lambda: admin.post("/replays", json={}),
        *(lambda item=item: tablet.send(item) for chain in items for item in chain if order.random() < 0.5),
    ]
    order.shuffle(deeds)
    for deed in deeds:
        deed()
    admin.post("/replays", json={})
    for chain in items:
        states = [str(kept(item["instance_id"]).state) for item in chain]
        assert states == [*["superseded"] * (len(chain) - 1), "current"]
    in_order()
