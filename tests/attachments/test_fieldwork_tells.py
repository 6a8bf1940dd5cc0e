"""The coordinator's one call tells whose files are missing, and a list tells in which interviews."""

from typing import Any

from app.access.policy import Role
from tests.attachments.photos import bring, interview, photo
from tests.support.server import Caller, Server
from tests.support.village import NORTH, SOUTH


def incomplete(caller: Caller, **asked: str) -> list[tuple[Any, ...]]:
    rows = caller.get("/fieldwork", params=asked).json()["incomplete"]
    assert all(row["form_id"] == "photos" and row["device_id"] for row in rows)
    return [(row["community"], row["interviews"], row["files"]) for row in rows]


def lacking(caller: Caller) -> list[str]:
    page = caller.get("/submissions", params={"files": "missing"}).json()
    return [each["instance_id"] for each in page["submissions"]]


def test_what_is_missing_is_counted_where_it_belongs(fieldwork: Server, tablet: Caller, office: Caller) -> None:
    southern, everywhere = fieldwork.enrol(Role.ENUMERATOR, ["south"]), fieldwork.enrol(Role.ADMIN)
    first = interview(house={"roof": "a.jpg"}, damage=[{"picture": "a.jpg"}, {"picture": "b.jpg"}])
    tablet.send(first, interview(house={"roof": "a.jpg"}), interview())
    southern.send(interview(SOUTH, voice="a.m4a"))
    assert incomplete(office) == [(NORTH, 2, 3)]
    assert incomplete(everywhere) == [(NORTH, 2, 3), (SOUTH, 1, 1)]
    assert incomplete(everywhere, form_id="other") == []
    bring(tablet, first["instance_id"], "a.jpg", photo(1))
    assert incomplete(office) == [(NORTH, 2, 2)]
    bring(tablet, first["instance_id"], "b.jpg", photo(1))
    assert incomplete(office) == [(NORTH, 1, 1)]


def test_what_an_edit_has_replaced_waits_for_nothing(tablet: Caller, office: Caller) -> None:
    first = interview(house={"roof": "a.jpg"})
    tablet.send(first, {**interview(), "deprecated_id": first["instance_id"]})
    assert incomplete(office) == []


def test_the_interviews_that_lack_a_file_are_listed(fieldwork: Server, tablet: Caller, office: Caller) -> None:
    southern = fieldwork.enrol(Role.ENUMERATOR, ["south"])
    first, second, whole = interview(house={"roof": "a.jpg"}), interview(voice="a.m4a"), interview()
    tablet.send(whole, first, second)
    southern.send(interview(SOUTH, voice="a.m4a"))
    assert lacking(office) == lacking(tablet) == [first["instance_id"], second["instance_id"]]
    bring(tablet, first["instance_id"], "a.jpg", photo(1))
    bring(tablet, whole["instance_id"], "a.m4a", photo(1))
    assert lacking(office) == [second["instance_id"]]
    tablet.send({**interview(), "deprecated_id": second["instance_id"]})
    assert lacking(office) == []


def test_everything_derived_stays_balanced(fieldwork: Server, tablet: Caller) -> None:
    item = interview(house={"roof": "ate\u0301.jpg"}, voice="b.m4a", meta={"audit": "audit.csv"})
    tablet.send(item)
    assert fieldwork.enrol(Role.ADMIN).get("/integrity").json()["ok"]
