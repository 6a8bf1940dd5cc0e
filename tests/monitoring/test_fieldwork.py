"""`GET /fieldwork`: everything counted once, by every part of the fieldwork, as soon as it is kept."""

from typing import Any

from app.access.policy import Role
from tests.support.server import Caller
from tests.support.village import COMMUNITIES, NORTH, SOUTH, Villages, interview


def _seen(villages: Villages, **parameters: str) -> Any:
    return villages.server.enrol(Role.COORDINATOR).get("/fieldwork", params=parameters).json()


def _of(rows: list[dict[str, Any]], **members: str) -> dict[str, Any]:
    (row,) = [row for row in rows if members.items() <= row.items()]
    return row


def _counts(row: dict[str, Any]) -> dict[str, int]:
    names = ("received", "refusals", "completed", "flagged", "held", "conflicts")
    return {name: row[name] for name in names if row.get(name)}


def test_every_interview_counts_once_everywhere(villages: Villages) -> None:
    seen = _seen(villages)
    assert seen["timezone"] == "WIB (UTC+07:00)"
    once = {"received": 1, "completed": 1}
    assert _counts(seen["totals"]) == {"received": 2, "completed": 2}
    for community, device in ((NORTH, "enumerator-north"), (SOUTH, "enumerator-south")):
        place = _of(seen["communities"], community=community)
        assert _counts(place) == _counts(_of(place["forms"], form_id="household")) == once
        assert _counts(_of(seen["devices"], name=device)) == once
        assert _counts(_of(seen["enumerators"], enumerator=device)) == once
    assert sum(seen["days"].values()) == 2


def test_named_enumerators_are_told_apart_on_one_tablet(villages: Villages) -> None:
    tablet = villages.north[Role.ENUMERATOR]
    tablet.send(interview(enumerator="Budi"), interview(enumerator="Budi"), interview(enumerator="Wati"))
    seen = _seen(villages)
    assert _of(seen["enumerators"], enumerator="Budi")["received"] == 2
    assert _of(seen["enumerators"], enumerator="Wati")["received"] == 1
    assert _of(seen["devices"], name="enumerator-north")["received"] == 4


def test_refusals_are_received_and_not_completed(villages: Villages) -> None:
    villages.north[Role.ENUMERATOR].send(interview(consent="no", respondent=None))
    place = _of(_seen(villages)["communities"], community=NORTH)
    assert _counts(place) == {"received": 2, "refusals": 1, "completed": 1}


def test_flags_are_counted_by_interview(villages: Villages) -> None:
    villages.north[Role.ENUMERATOR].send(interview(minutes="ten", sex="x"), interview(SOUTH))
    seen = _seen(villages)
    assert _of(seen["communities"], community=NORTH)["flagged"] == 1
    assert _of(seen["communities"], community=SOUTH)["flagged"] == 1, "outside of the tablet's area"
    assert seen["totals"]["flagged"] == _of(seen["devices"], name="enumerator-north")["flagged"] == 2


def test_held_counts_where_nobody_knows_its_place(villages: Villages) -> None:
    tablet = villages.north[Role.ENUMERATOR]
    tablet.send(interview(version="9"), interview("nowhere"), interview(None))
    seen = _seen(villages)
    assert _counts(seen["unplaced"]) == {"held": 3}
    assert _counts(seen["totals"]) == {"received": 2, "completed": 2, "held": 3}
    assert _of(seen["devices"], name="enumerator-north")["held"] == 3


def test_held_counts_no_more_once_it_could_be_used(villages: Villages) -> None:
    held = interview("north.2")
    villages.north[Role.ENUMERATOR].send(held)
    assert _seen(villages)["totals"]["held"] == 1
    villages.server.publish([*COMMUNITIES, {**COMMUNITIES[-1], "code": "north.2"}])
    villages.north[Role.ENUMERATOR].send(held)
    seen = _seen(villages)
    assert (seen["totals"]["held"], seen["totals"]["received"]) == (0, 3)
    assert _of(seen["communities"], community="north.2")["received"] == 1


def test_conflicts_wait_beside_what_counts(villages: Villages) -> None:
    other = interview(NORTH, instance_id=villages.items["north"]["instance_id"], minutes=70)
    villages.north[Role.ENUMERATOR].send(other)
    place = _of(_seen(villages)["communities"], community=NORTH)
    assert _counts(place) == {"received": 1, "completed": 1, "conflicts": 1}


def test_of_an_edited_interview_only_the_last_revision_counts(villages: Villages) -> None:
    original = villages.items["north"]["instance_id"]
    tablet = villages.north[Role.ENUMERATOR]
    tablet.send(interview(SOUTH, deprecated_id=original))
    seen = _seen(villages)
    assert "received" not in _counts(_of(seen["communities"], community=NORTH))
    assert _of(seen["communities"], community=SOUTH)["received"] == 2
    tablet.send(interview(SOUTH, deprecated_id=original))
    assert _counts(_of(_seen(villages)["communities"], community=SOUTH)) == {
        "received": 2,
        "completed": 2,
        "flagged": 1,
        "conflicts": 1,
    }


def test_duplicates_and_rejected_items_change_nothing(villages: Villages) -> None:
    before = _seen(villages)
    villages.north[Role.ENUMERATOR].send(villages.items["north"], {"form_id": "household"})
    after = _seen(villages)
    for part in ("totals", "communities", "unplaced", "enumerators", "days"):
        assert after[part] == before[part]


def test_one_form_may_be_looked_at_alone(villages: Villages) -> None:
    assert _seen(villages, form_id="household")["totals"]["received"] == 2
    assert _seen(villages, form_id="leaders")["totals"]["received"] == 0


def test_target_stands_beside_what_came(villages: Villages) -> None:
    place = _of(_seen(villages)["communities"], community=NORTH)
    assert place["target"] == 12
    assert [(each["form_id"], each["target"], each["received"]) for each in place["forms"]] == [
        ("household", 10, 1),
        ("leaders", 2, 0),
    ]
    assert _of(_seen(villages)["communities"], community=SOUTH)["expected_by_today"] is None, "it has no period"


def test_tablets_say_what_is_still_on_them(villages: Villages) -> None:
    device = {"outbox": 3, "oldest_unsent_at": "2026-11-20T01:00:00Z", "app_version": "1.2", "battery": 0.4}
    villages.north[Role.ENUMERATOR].send(device=device, sent_at="2026-11-20T10:00:00+07:00")
    villages.south[Role.ENUMERATOR].send(device={"outbox": 4})
    seen = _seen(villages)
    tablet = _of(seen["devices"], name="enumerator-north")
    assert {name: tablet[name] for name in ("known_unsent", "app_version", "battery", "free_bytes")} == {
        "known_unsent": 3,
        "app_version": "1.2",
        "battery": 0.4,
        "free_bytes": None,
    }
    assert tablet["clock_offset_seconds"] < -3600, "its clock is behind"
    assert tablet["last_community"] == NORTH
    assert seen["totals"]["known_unsent"] == 7
    assert _of(seen["communities"], community=NORTH)["known_unsent"] == 3
    villages.server.enrol(communities=[SOUTH]).send(device={"outbox": 1})
    assert _of(_seen(villages)["communities"], community=SOUTH)["known_unsent"] == 5, "one has sent no interview yet"
    villages.north[Role.ENUMERATOR].send(device={"outbox": 0})
    assert _seen(villages)["totals"]["known_unsent"] == 5


def test_synthetic_interviews_are_marked_in_every_count(villages: Villages) -> None:
    assert _seen(villages)["synthetic"] is False
    robot: Caller = villages.server.enrol(Role.ENUMERATOR, ["north"], name="robot", synthetic=True)
    robot.send(interview(NORTH))
    seen = _seen(villages)
    assert seen["synthetic"] is True
    assert seen["totals"]["synthetic"] == _of(seen["communities"], community=NORTH)["synthetic"] == 1
    assert _of(seen["communities"], community=SOUTH)["synthetic"] == 0
    assert _of(seen["devices"], name="robot")["synthetic"] == 1
    assert _of(seen["enumerators"], enumerator="robot")["synthetic"] == 1
