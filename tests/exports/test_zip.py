"""`GET /exports/{form_id}.zip`: a table for each repeat, joined by interview and position."""

from tests.exports.conftest import Send, table, tables
from tests.support.server import Caller


def test_each_repeat_has_a_table(analyst: Caller, send: Send) -> None:
    first, second = send(), send(member=[{"age": 50}])
    found = tables(analyst)
    assert list(found) == ["flood.csv", "flood.member.csv", "flood.member.illness.csv"]
    assert found["flood.csv"] == table(analyst)
    assert found["flood.member.csv"] == [
        {"instance_id": first, "position": "1", "member/age": "7", "member/illness/count": "2"},
        {"instance_id": first, "position": "2", "member/age": "34", "member/illness/count": "0"},
        {"instance_id": second, "position": "1", "member/age": "50", "member/illness/count": "0"},
    ]
    assert found["flood.member.illness.csv"] == [
        {"instance_id": first, "member/position": "1", "position": "1", "member/illness/what": "cough"},
        {"instance_id": first, "member/position": "1", "position": "2", "member/illness/what": "fever"},
    ]


def test_counts_agree_with_the_tables(analyst: Caller, send: Send) -> None:
    for turns in (0, 3, 1):
        send(member=[{"age": number} for number in range(turns)])
    found = tables(analyst)
    assert sum(int(row["member/count"]) for row in found["flood.csv"]) == len(found["flood.member.csv"]) == 4


def test_odd_repeats_lose_no_turn(analyst: Caller, send: Send) -> None:
    """A single turn may be sent without its list, and a turn may be no object at all."""
    send(member={"age": 7})
    send(member=["odd", {"age": 8}])
    ages = [(row["position"], row["member/age"]) for row in tables(analyst)["flood.member.csv"]]
    assert ages == [("1", "7"), ("1", ""), ("2", "8")]


def test_same_data_give_the_same_bytes(analyst: Caller, send: Send) -> None:
    for _ in range(3):
        send()
    first = analyst.get("/exports/flood.zip")
    assert first.headers["content-type"] == "application/zip"
    assert analyst.get("/exports/flood.zip").content == first.content
