"""An interview says which of the files that it names are missing, and is complete only when all of them are here."""

from typing import Any

import pytest

from app.access.policy import Role
from tests.attachments.photos import FORM, begin, bring, interview, photo, piece
from tests.support.server import Caller, Server
from tests.support.village import version_of

NAMES = {
    "house": {"roof": "roof.jpg"},
    "voice": "voice.m4a",
    "damage": [{"picture": "a.jpg"}, {}, {"picture": "b.jpg"}],
}


def standing(caller: Caller, item: dict[str, Any]) -> tuple[bool | None, list[str] | None]:
    """Whether it is complete, and what is missing, as both doors tell it."""
    listed = caller.get(f"/submissions/{item['instance_id']}/attachments").json()
    whole = caller.get(f"/submissions/{item['instance_id']}").json()
    assert listed == {"instance_id": item["instance_id"], "complete": whole["complete"], **whole["attachments"]}
    return listed["complete"], listed["missing"]


def test_what_is_missing_shrinks_until_the_interview_is_complete(tablet: Caller, office: Caller) -> None:
    item = interview(**NAMES)
    tablet.send(item)
    names = ["a.jpg", "b.jpg", "roof.jpg", "voice.m4a"]
    assert standing(office, item) == (False, names)
    while names:
        bring(tablet, item["instance_id"], names.pop(), photo(len(names)))
        assert standing(office, item) == standing(tablet, item) == (not names, names)


def test_an_interview_that_names_nothing_is_complete(tablet: Caller, office: Caller) -> None:
    item = interview(house={"roof": ""}, damage=[{"remark": "roof.jpg"}])
    tablet.send(item)
    assert standing(office, item) == (True, [])
    bring(tablet, item["instance_id"], "nobody asked.jpg", photo(1))
    assert standing(office, item) == (True, [])


def test_an_audit_is_waited_for_when_the_interview_names_one(tablet: Caller, office: Caller) -> None:
    item = interview(meta={"audit": "audit.csv"})
    tablet.send(item)
    assert standing(office, item) == (False, ["audit.csv"])


def test_files_may_come_before_their_interview(tablet: Caller, office: Caller) -> None:
    item = interview(house={"roof": "roof.jpg"}, voice="voice.m4a")
    bring(tablet, item["instance_id"], "roof.jpg", photo(1))
    assert office.get(f"/submissions/{item['instance_id']}/attachments").status_code == 404
    tablet.send(item)
    assert standing(office, item) == (False, ["voice.m4a"])


def test_two_identical_photos_are_two_files(tablet: Caller, office: Caller) -> None:
    item = interview(damage=[{"picture": "a.jpg"}, {"picture": "b.jpg"}])
    tablet.send(item)
    for name in ("a.jpg", "b.jpg"):
        assert not standing(office, item)[0]
        bring(tablet, item["instance_id"], name, photo(1))
    assert standing(office, item) == (True, [])


def test_a_name_is_the_same_however_it_is_composed(tablet: Caller, office: Caller) -> None:
    item = interview(house={"roof": "ate\u0301.jpg"})
    tablet.send(item)
    bring(tablet, item["instance_id"], "até.jpg", photo(1))
    assert standing(office, item) == (True, [])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "CON", ".", "a/b.jpg", "\u202egpj.exe", "x" * 255, "%2e%2e", "'; --"]
)
def test_names_are_data_only(tablet: Caller, office: Caller, name: str) -> None:
    item = interview(house={"roof": name})
    tablet.send(item)
    bring(tablet, item["instance_id"], name, photo(1))
    assert standing(office, item) == (True, [])


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 256])
def test_names_that_are_none_are_refused(tablet: Caller, name: str) -> None:
    answer = begin(tablet, interview()["instance_id"], name, photo(1))
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")


def test_the_first_of_one_name_counts_and_the_other_is_kept_beside_it(
    fieldwork: Server, tablet: Caller, office: Caller
) -> None:
    item = interview(house={"roof": "roof.jpg"})
    tablet.send(item)
    for seed in (1, 2, 1):
        bring(tablet, item["instance_id"], "roof.jpg", photo(seed))
    files = office.get(f"/submissions/{item['instance_id']}/attachments").json()["files"]
    assert [(file["name"], file["counts"]) for file in files] == [("roof.jpg", True), ("roof.jpg", False)]
    path = f"/submissions/{item['instance_id']}/attachments"
    assert office.get(f"{path}/roof.jpg").content == photo(1)
    assert office.get(f"{path}/{files[1]['sha256']}").content == photo(2)


def test_what_a_held_interview_expects_is_known_once_it_can_be_read(
    fieldwork: Server, tablet: Caller, office: Caller
) -> None:
    item = interview(version="2", house={"roof": "roof.jpg"})
    assert tablet.send(item)["summary"]["held"] == 1
    bring(tablet, item["instance_id"], "other.jpg", photo(1))
    owner = fieldwork.enrol(Role.ADMIN)
    assert standing(owner, item) == (None, None)
    assert [file["name"] for file in standing_files(owner, item)] == ["other.jpg"]
    fieldwork.publish(version_of(FORM, "2"))
    tablet.send(item)
    assert standing(office, item) == (False, ["roof.jpg"])


def standing_files(caller: Caller, item: dict[str, Any]) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = caller.get(f"/submissions/{item['instance_id']}").json()["attachments"]["files"]
    return files


def test_an_edit_has_files_of_its_own_and_what_came_before_needs_no_sending(tablet: Caller, office: Caller) -> None:
    first = interview(house={"roof": "roof.jpg"})
    edit = {**interview(house={"roof": "roof.jpg"}, voice="voice.m4a"), "deprecated_id": first["instance_id"]}
    tablet.send(first, edit)
    bring(tablet, first["instance_id"], "roof.jpg", photo(1))
    assert standing(office, edit) == (False, ["roof.jpg", "voice.m4a"])
    assert begin(tablet, edit["instance_id"], "roof.jpg", photo(1)).json()["complete"]
    assert standing(office, edit) == (False, ["voice.m4a"])


def test_who_went_away_in_the_middle_has_brought_nothing(tablet: Caller, office: Caller) -> None:
    item = interview(house={"roof": "roof.jpg"})
    tablet.send(item)
    upload_id = begin(tablet, item["instance_id"], "roof.jpg", photo(1)).json()["upload_id"]
    assert piece(tablet, upload_id, 0, photo(1)[:999]).json()["offset"] == 999
    assert standing(office, item) == (False, ["roof.jpg"])
