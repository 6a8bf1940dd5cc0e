"""A coordinator says whether an interview may be used. Lists, counts, scores and exports follow at once."""

from collections.abc import Callable
from typing import Any

import pytest

from app.access.policy import Role
from tests.submissions.household import HERE, THERE, interview, new_id
from tests.support.server import Caller, Server

Json = dict[str, Any]


def review(caller: Caller, item: Json, state: str, **members: Any) -> Any:
    return caller.post(f"/submissions/{item['instance_id']}/review", json={"state": state, **members})


def standing(caller: Caller, item: Json) -> str:
    return str(caller.get(f"/submissions/{item['instance_id']}").json()["review"])


@pytest.fixture
def estimate(admin: Caller) -> Callable[..., tuple[float | None, int]]:
    """The only indicator: its estimate, and on how many interviews it rests."""

    def look(include: str = "all") -> tuple[float | None, int]:
        answer = admin.get(f"/scores?framework=small&include={include}").json()
        assert answer["include"] == include
        row = next(row for row in answer["scores"] if row["node"] == "evacuation")
        assert answer["watermark"]["submissions"] == row["n"]
        return row["estimate"], row["n"]

    return look


def test_what_nobody_has_reviewed_is_received(tablet: Caller, admin: Caller) -> None:
    item = interview()
    tablet.send(item)
    assert standing(admin, item) == "received"
    assert admin.get(f"/submissions/{item['instance_id']}").json()["reviews"] == []


def test_every_word_is_kept_and_the_last_one_holds(
    tablet: Caller, coordinator: Caller, in_order: Callable[[], None], audited: Callable[[str], list[Json]]
) -> None:
    item = interview()
    tablet.send(item)
    answer = review(coordinator, item, "has_issues", note="asked Siti again")
    assert answer.json() == {"instance_id": item["instance_id"], "state": "current", "review": "has_issues"}
    review(coordinator, item, "approved")
    said = coordinator.get(f"/submissions/{item['instance_id']}").json()["reviews"]
    assert [(each["number"], each["state"], each["note"]) for each in said] == [
        (1, "has_issues", "asked Siti again"),
        (2, "approved", None),
    ]
    assert standing(coordinator, item) == "approved"
    assert sorted(entry["state"] for entry in audited("interview_reviewed")) == ["approved", "has_issues"]
    assert "Siti" not in str(audited("interview_reviewed"))
    in_order()


def test_a_request_that_comes_twice_says_it_once(tablet: Caller, coordinator: Caller) -> None:
    item = interview()
    tablet.send(item)
    for _ in range(2):
        assert review(coordinator, item, "approved", note="fine").status_code == 200
    assert len(coordinator.get(f"/submissions/{item['instance_id']}").json()["reviews"]) == 1


def test_a_word_can_be_taken_back(tablet: Caller, admin: Caller, estimate: Any, in_order: Callable[[], None]) -> None:
    item = interview()
    tablet.send(item)
    review(admin, item, "rejected")
    assert estimate() == (None, 0)
    assert review(admin, item, "received").json()["review"] == "received"
    assert estimate()[1] == 1
    in_order()


def test_scores_move_with_every_word(
    tablet: Caller, admin: Caller, estimate: Any, in_order: Callable[[], None]
) -> None:
    quick, slow = interview(minutes=5), interview(minutes=90)
    tablet.send(quick, slow)
    assert estimate() == (3.0, 2)
    assert estimate("approved") == (None, 0)
    review(admin, quick, "approved")
    assert (estimate(), estimate("approved")) == ((3.0, 2), (5.0, 1))
    review(admin, slow, "rejected")
    assert (estimate(), estimate("approved")) == ((5.0, 1), (5.0, 1))
    in_order()
    review(admin, quick, "has_issues")
    assert (estimate(), estimate("approved")) == ((5.0, 1), (None, 0))
    review(admin, slow, "approved")
    assert (estimate(), estimate("approved")) == ((3.0, 2), (1.0, 1))
    in_order()


def test_an_edit_waits_for_a_review_of_its_own(
    tablet: Caller, admin: Caller, estimate: Any, in_order: Callable[[], None]
) -> None:
    item = interview(minutes=5)
    tablet.send(item)
    review(admin, item, "rejected")
    edit = interview(edits=item["instance_id"], minutes=90)
    tablet.send(edit)
    assert standing(admin, edit) == "edited"
    assert (standing(admin, item), estimate()) == ("rejected", (1.0, 1))
    assert review(admin, item, "approved").json()["state"] == "superseded"
    assert (estimate(), estimate("approved")) == ((1.0, 1), (None, 0))
    review(admin, edit, "approved")
    assert estimate("approved") == (1.0, 1)
    in_order()


def test_a_review_is_of_one_content_only(
    tablet: Caller, admin: Caller, estimate: Any, in_order: Callable[[], None]
) -> None:
    one = interview(minutes=5)
    two = interview(one["instance_id"], minutes=90)
    tablet.send(one, two)
    review(admin, one, "approved")
    sides = admin.get(f"/conflicts/{one['instance_id']}").json()["contents"]

    def keep(place: int) -> None:
        body = {"keep": sides[place]["sha256"], "reason": "asked again"}
        assert admin.post(f"/conflicts/{one['instance_id']}/resolve", json=body).status_code == 200

    keep(1)
    assert (standing(admin, one), estimate("approved")) == ("received", (None, 0))
    keep(0)
    assert (standing(admin, one), estimate("approved")) == ("approved", (5.0, 1))
    in_order()


def test_lists_can_be_narrowed(tablet: Caller, admin: Caller) -> None:
    items = [interview() for _ in range(4)]
    tablet.send(*items, interview(edits=items[3]["instance_id"]))
    for item, state in zip(items, ("approved", "has_issues", "rejected"), strict=False):
        review(admin, item, state)

    def listed(state: str) -> list[str]:
        return [row["instance_id"] for row in admin.get(f"/submissions?review={state}").json()["submissions"]]

    assert listed("approved") == [items[0]["instance_id"]]
    assert listed("rejected") == [items[2]["instance_id"]]
    assert (listed("received"), len(listed("edited"))) == ([items[3]["instance_id"]], 1)
    assert admin.get("/submissions?review=none").status_code == 422


def test_the_fieldwork_counts_them(tablet: Caller, admin: Caller) -> None:
    items = [interview() for _ in range(4)]
    tablet.send(*items, interview(consent="no"), interview(community=THERE))
    for item, state in zip(items, ("approved", "has_issues", "rejected"), strict=False):
        review(admin, item, state)
    told = admin.get("/fieldwork").json()
    here = next(each for each in told["communities"] if each["community"] == HERE)
    assert {name: here[name] for name in ("received", "approved", "has_issues", "rejected", "unreviewed")} == {
        "received": 5,
        "approved": 1,
        "has_issues": 1,
        "rejected": 1,
        "unreviewed": 2,
    }
    assert (here["refusals"], here["completed"]) == (1, 3)
    assert told["totals"]["unreviewed"] == 3


def test_who_may_not_see_it_may_not_review_it(
    fieldwork: Server, tablet: Caller, neighbour: Caller, coordinator: Caller
) -> None:
    item = interview()
    tablet.send(item)
    absent = review(neighbour, interview(new_id()), "approved")
    others = review(neighbour, item, "approved")
    assert (others.status_code, others.content) == (404, absent.content)
    for role in (Role.ENUMERATOR, Role.ANALYST):
        assert review(fieldwork.enrol(role), item, "approved").status_code == 403
    assert standing(coordinator, item) == "received"


def test_notes_are_for_coordinators(fieldwork: Server, tablet: Caller, coordinator: Caller) -> None:
    item = interview()
    tablet.send(item)
    review(coordinator, item, "has_issues", note="asked Siti again")
    for reader in (fieldwork.enrol(Role.ANALYST), tablet):
        told = reader.get(f"/submissions/{item['instance_id']}")
        assert (told.json()["review"], "Siti" in told.text) == ("has_issues", False)


@pytest.mark.parametrize(
    "body",
    [{}, {"state": "edited"}, {"state": "fine"}, {"state": "approved", "note": " "}, {"state": "approved", "by": "me"}],
)
def test_words_that_mean_nothing_are_refused(tablet: Caller, admin: Caller, body: Json) -> None:
    item = interview()
    tablet.send(item)
    assert admin.post(f"/submissions/{item['instance_id']}/review", json=body).status_code == 422
