"""A coordinator and a tablet, or two coordinators, at one moment: each interview counts once, and nothing drifts."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.submissions.household import FORM, HERE, interview, new_id
from tests.support.server import Caller, Server

ROUNDS = 8


def test_a_replay_and_the_same_interview_sent_again(
    fieldwork: Server, tablet: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for number in range(ROUNDS):
        form = deepcopy(FORM)
        form["settings"]["version"] = f"later-{number}"
        items = [{**interview(), "version": f"later-{number}"} for _ in range(5)]
        tablet.send(*items)
        fieldwork.publish(form)
        told, replayed, again = together(
            lambda items=items: tablet.send(*items[::-1]),
            lambda: admin.post("/replays", json={}).json(),
            lambda: admin.post("/replays", json={}).json(),
        )
        statuses = Counter(receipt["status"] for receipt in told["receipts"])
        assert statuses.keys() <= {"accepted", "duplicate"}
        assert statuses["accepted"] + replayed["accepted"] + again["accepted"] == 5
    assert admin.get("/held").json()["held"] == []
    assert admin.get("/fieldwork").json()["totals"]["received"] == 5 * ROUNDS
    in_order()


def test_two_who_mend_the_same(
    here: Caller, coordinator: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for _ in range(ROUNDS):
        item = interview(community="Bandarharja")
        here.send(item)
        (held,) = admin.get(f"/held/{item['instance_id']}").json()["held"]
        body = {"sha256": held["sha256"], "reason": "known here", "community": HERE}
        path = f"/held/{item['instance_id']}/mend"
        mended = together(
            lambda body=body, path=path: coordinator.post(path, json=body),
            lambda body=body, path=path: admin.post(path, json={**body, "answers": {"minutes": 90}}),
            lambda item=item: here.send(item),
        )
        assert sorted(answer.status_code for answer in mended[:2]) == [200, 409]
    in_order()


def test_two_who_decide_differently_while_a_third_content_comes(
    tablet: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for _ in range(ROUNDS):
        one = interview(minutes=10)
        tablet.send(one, interview(one["instance_id"], minutes=20))
        path = f"/conflicts/{one['instance_id']}"
        sides = [each["sha256"] for each in admin.get(path).json()["contents"]]
        bodies = [{"keep": side, "reason": "asked again"} for side in sides]
        answers = together(
            *(lambda body=body, path=path: admin.post(f"{path}/resolve", json=body) for body in bodies),
            lambda one=one: tablet.send(interview(one["instance_id"], minutes=90)),
        )
        assert [answer.status_code for answer in answers[:2]] == [200, 200]
        seen = admin.get(path).json()
        assert [each["counts"] for each in seen["contents"]].count(True) == 1
        assert len(seen["contents"]) == 3
        last = max(answer.json()["number"] for answer in answers[:2])
        kept = next(answer.json()["kept"] for answer in answers[:2] if answer.json()["number"] == last)
        assert seen["contents"][0]["sha256"] == kept["sha256"]
    in_order()


def test_a_decision_and_a_third_edit(
    tablet: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for _ in range(ROUNDS):
        original = new_id()
        first, second, third = (interview(edits=original, minutes=minutes) for minutes in (10, 20, 90))
        tablet.send(interview(original), first, second)
        path = f"/conflicts/{second['instance_id']}"
        (_, chosen) = admin.get(path).json()["contents"]
        body = {"keep": chosen["sha256"], "reason": "asked again"}
        together(
            lambda body=body, path=path: admin.post(f"{path}/resolve", json=body),
            lambda third=third: tablet.send(third),
        )
        states = {
            each["instance_id"]: each["state"] for each in admin.get("/submissions?limit=1000").json()["submissions"]
        }
        assert states[second["instance_id"]] == "current"
        # Seen and set aside with the other one, or still to be looked at: never lost, never decided unseen.
        assert states[third["instance_id"]] in ("conflict", "set_aside")
        seen = admin.get(path).json()
        decided = {each["instance_id"] for each in seen["resolutions"][0]["set_aside"]}
        assert (states[third["instance_id"]] == "set_aside") == (third["instance_id"] in decided)
    in_order()
