"""`GET /exports/{form_id}.csv`: one row an interview, columns as analysts expect them."""

from app.access.policy import Role
from tests.exports.conftest import FORM, Send, table
from tests.support.server import Caller
from tests.support.village import NORTH, SOUTH, Villages, interview

BEGINNING = [
    *("instance_id", "version", "community", "round", "received_at", "started_at", "ended_at"),
    *("state", "review", "refusal", "flags", "synthetic", "seq"),
]


def test_columns_follow_the_form(analyst: Caller, send: Send) -> None:
    send()
    (row,) = table(analyst)
    assert list(row) == [
        *BEGINNING,
        *("start", "consent", "answers/community", "house/rooms", "house/walls"),
        *("house/well/latitude", "house/well/longitude", "house/well/altitude", "house/well/accuracy"),
        *("sources", "sources/radio", "sources/drum", "sources/phone", "income", "member/count", "story"),
    ]


def test_cells_hold_the_answers(analyst: Caller, send: Send) -> None:
    instance_id = send()
    (row,) = table(analyst)
    assert row["received_at"].endswith("+07:00")
    assert int(row["seq"]) > 0
    expected = {
        "instance_id": instance_id,
        "version": "1",
        "community": NORTH,
        "round": "",
        "started_at": "2026-11-21T08:00:00+07:00",
        "ended_at": "",
        "state": "current",
        "refusal": "0",
        "flags": "",
        "synthetic": "0",
        "start": "2026-11-21T08:00:00+07:00",
        "consent": "yes",
        "answers/community": NORTH,
        "house/rooms": "3",
        "house/walls": "wood",
        "house/well/latitude": "-6.9500",
        "house/well/longitude": "110.42",
        "house/well/altitude": "12",
        "house/well/accuracy": "5.5",
        "sources": "drum radio",
        "sources/radio": "1",
        "sources/drum": "1",
        "sources/phone": "0",
        "income": "777000",
        "member/count": "2",
        "story": "the water came, at night",
    }
    assert {name: row[name] for name in expected} == expected


def test_what_was_not_answered_is_empty_and_not_zero(analyst: Caller, send: Send) -> None:
    send(house=None, sources=None, member=None)
    (row,) = table(analyst)
    for name in ("house/rooms", "house/well/latitude", "sources", "sources/radio"):
        assert row[name] == "", name
    assert row["member/count"] == "0"


def test_answers_that_do_not_fit_are_shown_and_flagged(analyst: Caller, send: Send) -> None:
    send(house={"rooms": "three", "walls": "straw", "well": "near"}, sources=["moon"])
    (row,) = table(analyst)
    assert (row["house/rooms"], row["house/walls"], row["house/well/latitude"]) == ("three", "straw", "")
    assert (row["sources"], row["sources/radio"]) == ("moon", "0")
    assert set(row["flags"].split()) == {"type", "choice"}


def test_rows_stand_in_the_order_of_arrival_and_the_same_data_give_the_same_bytes(analyst: Caller, send: Send) -> None:
    ids = [send(story=str(number)) for number in range(230)]
    first = analyst.get("/exports/flood.csv")
    assert [row["instance_id"] for row in table(analyst)] == ids
    assert analyst.get("/exports/flood.csv").content == first.content
    assert first.headers["content-type"] == "text/csv; charset=utf-8"
    assert first.headers["content-disposition"] == 'attachment; filename="flood.csv"'
    assert not first.content.startswith(b"\xef\xbb\xbf")


def test_replaced_interviews_are_left_out_unless_asked_for(villages: Villages, analyst: Caller, send: Send) -> None:
    first = send(story="first")
    second = send(story="second", deprecated_id=first)
    assert [row["story"] for row in table(analyst)] == ["second"]
    found = {row["instance_id"]: row["state"] for row in table(analyst, state="all")}
    assert found == {first: "superseded", second: "current"}
    send(story="fork", deprecated_id=first)
    assert [row["story"] for row in table(analyst)] == ["second"]
    assert [row["state"] for row in table(analyst, state="all")] == ["superseded", "current", "conflict"]
    assert analyst.get("/exports/flood.csv", params={"state": "other"}).status_code == 422


def test_form_without_interviews_has_its_columns(analyst: Caller) -> None:
    assert analyst.get("/exports/flood.csv").text.startswith("instance_id,version,community")
    assert table(analyst) == []


def test_what_is_not_there_is_not_found(analyst: Caller, send: Send) -> None:
    for path in ("nothing.csv", "nothing.zip", "flood.xlsx", "flood"):
        assert analyst.get(f"/exports/{path}").status_code == 404
    assert analyst.get("/exports/flood.csv", params={"version": "9"}).status_code == 404


def test_community_narrows_to_it_and_what_lies_below(villages: Villages, analyst: Caller, send: Send) -> None:
    send()
    send(community=SOUTH)
    assert {row["community"] for row in table(analyst)} == {NORTH, SOUTH}
    for community in ("north", NORTH):
        assert [row["community"] for row in table(analyst, community=community)] == [NORTH]


def test_neighbour_gets_nothing_of_ours(villages: Villages, send: Send) -> None:
    send()
    send(community=SOUTH)
    for side, code in ((villages.north, NORTH), (villages.south, SOUTH)):
        assert [row["community"] for row in table(side[Role.ANALYST])] == [code]
        other = "south" if code == NORTH else "north"
        assert table(side[Role.ANALYST], community=other) == []


def test_interviews_of_other_forms_are_not_in_it(villages: Villages, analyst: Caller, send: Send) -> None:
    villages.north[Role.ENUMERATOR].send(interview(minutes=3))
    send()
    assert len(table(analyst)) == 1
    assert "3" in [row["minutes"] for row in table(analyst, "household")]


def test_synthetic_interviews_say_so(villages: Villages, analyst: Caller) -> None:
    tablet = villages.server.enrol(Role.ENUMERATOR, synthetic=True)
    tablet.send({**interview(), "form_id": FORM["settings"]["form_id"], "answers": {"community": NORTH}})
    assert [row["synthetic"] for row in table(analyst)] == ["1"]
