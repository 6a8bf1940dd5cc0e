"""A tablet sees and moves only its own uploads, and learns nothing of what others have brought."""

import uuid

from app.access.policy import Role
from tests.attachments.photos import begin, bring, interview, photo, piece, progress
from tests.support.server import Caller, Server


def test_the_upload_of_another_tablet_is_like_none(fieldwork: Server, tablet: Caller) -> None:
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", photo(1)).json()["upload_id"]
    for other in (fieldwork.enrol(Role.ENUMERATOR, ["north"]), fieldwork.enrol(Role.ADMIN)):
        for asked in (upload_id, str(uuid.uuid4())):
            assert progress(other, asked).status_code == 404
            assert piece(other, asked, 0, photo(1)).json()["slug"] == "not_found"
    assert progress(tablet, upload_id).headers["upload-offset"] == "0"


def test_the_hash_of_a_file_neither_tells_that_it_is_here_nor_opens_it(fieldwork: Server, tablet: Caller) -> None:
    own, others = interview(house={"roof": "roof.jpg"}), interview(house={"roof": "roof.jpg"})
    thief = fieldwork.enrol(Role.ENUMERATOR, ["north"])
    tablet.send(own)
    thief.send(others)
    bring(tablet, own["instance_id"], "roof.jpg", photo(1))
    for instance_id in (others["instance_id"], own["instance_id"]):
        known = begin(thief, instance_id, "roof.jpg", photo(1)).json()
        unknown = begin(thief, instance_id, "roof.jpg", photo(2)).json()
        assert {**known, "upload_id": "", "url": ""} == {**unknown, "upload_id": "", "url": ""}
        assert (known["offset"], known["complete"]) == (0, False)
    assert thief.get(f"/submissions/{others['instance_id']}/attachments/roof.jpg").status_code == 404


def test_who_has_the_file_brings_it_and_the_store_keeps_it_once(
    fieldwork: Server, tablet: Caller, office: Caller
) -> None:
    items = [interview(house={"roof": "roof.jpg"}) for _ in range(2)]
    for caller, item in zip((tablet, fieldwork.enrol(Role.ENUMERATOR, ["north"])), items, strict=True):
        caller.send(item)
        bring(caller, item["instance_id"], "roof.jpg", photo(1))
        assert office.get(f"/submissions/{item['instance_id']}").json()["complete"]
    kept = [path for path in (fieldwork.app.state.depot.folder.parent).rglob("*") if path.is_file()]
    assert len(kept) == 1
