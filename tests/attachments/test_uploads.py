"""Whatever happens to the pieces of a file on their way, it ends up kept as it was, once, and nothing else does."""

import hashlib
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from app.attachments import Depot
from app.settings import Settings
from tests.attachments.photos import begin, bring, interview, photo, piece, progress
from tests.support.server import Caller, Server

FATES = (
    "arrives",
    "request lost",
    "answer lost",
    "cut",
    "sent twice",
    "too early",
    "too late",
    "begun again",
    "spoiled",
)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, place: str) -> Settings:
    """Both kinds of store, on both kinds of database."""
    return Settings(database_url=database_url, data=tmp_path, attachments=place)


@dataclass
class Sending:
    """A tablet that knows only what it was told."""

    caller: Caller
    instance_id: str
    content: bytes
    told: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> None:
        self.told = begin(self.caller, self.instance_id, "roof.jpg", self.content).json()

    def send(self, size: int, *, from_offset: int | None = None, spoiled: bool = False) -> Any:
        offset = self.told["offset"] if from_offset is None else from_offset
        sent = self.content[offset : offset + size]
        return piece(self.caller, self.told["upload_id"], offset, sent[::-1] if spoiled else sent)

    def hear(self, answer: Any) -> None:
        if answer.status_code == 200:
            self.told = answer.json()
        else:
            assert answer.status_code in (409, 422), answer.text
            self.begin()

    def suffer(self, fate: str, size: int, chance: random.Random) -> None:
        offset = self.told["offset"]
        match fate:
            case "arrives":
                self.hear(self.send(size))
            case "answer lost":
                self.send(size)
            case "cut":
                self.send(chance.randrange(size))
            case "sent twice":
                first = self.send(size)
                self.hear(self.send(size))
                assert first.status_code in (200, 409, 422)
            case "too early":
                answer = self.send(size, from_offset=min(offset + size, len(self.content)))
                self.hear(answer)
            case "too late":
                self.hear(self.send(size, from_offset=chance.randrange(offset + 1)))
            case "begun again":
                self.begin()
            case "spoiled":
                self.hear(self.send(size, spoiled=True))


@with_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_fate_of_the_pieces_ends_in_the_same_file(
    fieldwork: Server, tablet: Caller, office: Caller, data: st.DataObject
) -> None:
    content = photo(data.draw(st.integers(0, 10**9)), data.draw(st.integers(1, 5_000)))
    fates = data.draw(st.lists(st.tuples(st.sampled_from(FATES), st.integers(1, 2_000)), max_size=12))
    item = interview(house={"roof": "roof.jpg"})
    tablet.send(item)
    sending = Sending(tablet, item["instance_id"], content)
    sending.begin()
    chance = random.Random(1)
    for fate, size in fates:
        if not sending.told["complete"]:
            sending.suffer(fate, size, chance)
    for _ in range(10):
        if not sending.told["complete"]:
            sending.hear(sending.send(5_000))
    assert sending.told["complete"]
    listed = office.get(f"/submissions/{item['instance_id']}/attachments").json()
    assert (listed["complete"], len(listed["files"])) == (True, 1)
    assert office.get(f"/submissions/{item['instance_id']}/attachments/roof.jpg").content == content
    depot: Depot = fieldwork.app.state.depot
    assert list(depot.folder.iterdir()) == []


def test_nothing_is_complete_before_all_of_it_is_here(fieldwork: Server, tablet: Caller) -> None:
    store = fieldwork.app.state.depot.store
    content = photo(1)
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", content).json()["upload_id"]
    for offset in range(0, 900, 100):
        told = piece(tablet, upload_id, offset, content[offset : offset + 100]).json()
        assert (told["offset"], told["complete"]) == (offset + 100, False)
        assert progress(tablet, upload_id).headers["upload-offset"] == str(offset + 100)
        assert not store.has(hashlib.sha256(content).digest())
    assert piece(tablet, upload_id, 900, content[900:]).json()["complete"]
    assert store.has(hashlib.sha256(content).digest())
    again = piece(tablet, upload_id, 900, content[900:])
    assert (again.status_code, again.json()["complete"]) == (200, True)
    assert (
        dict(progress(tablet, upload_id).headers).items() >= {"upload-offset": "1000", "upload-length": "1000"}.items()
    )


def test_a_file_that_is_not_what_was_announced_is_not_kept(fieldwork: Server, tablet: Caller) -> None:
    item = interview()["instance_id"]
    upload_id = begin(tablet, item, "roof.jpg", photo(1)).json()["upload_id"]
    answer = piece(tablet, upload_id, 0, photo(2))
    assert (answer.status_code, answer.json()["slug"]) == (422, "checksum_differs")
    assert begin(tablet, item, "roof.jpg", photo(1)).json()["offset"] == 0
    for seed in (1, 2):
        assert not fieldwork.app.state.depot.store.has(hashlib.sha256(photo(seed)).digest())


def test_the_offset_of_a_piece_must_be_where_the_file_ends(tablet: Caller) -> None:
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", photo(1)).json()["upload_id"]
    piece(tablet, upload_id, 0, photo(1)[:300])
    for offset in (0, 299, 301, 2**60):
        answer = piece(tablet, upload_id, offset, b"x")
        assert (answer.status_code, answer.json()["slug"], answer.json()["offset"]) == (409, "offset_differs", 300)


def test_more_than_was_announced_is_refused(tablet: Caller) -> None:
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", photo(1)).json()["upload_id"]
    answer = piece(tablet, upload_id, 0, photo(1) + b"x")
    assert (answer.status_code, answer.json()["slug"]) == (422, "invalid_request")
    assert progress(tablet, upload_id).headers["upload-offset"] == "0"


def test_an_empty_file_is_complete_at_once(tablet: Caller) -> None:
    assert begin(tablet, interview()["instance_id"], "recording.m4a", b"").json()["complete"]


def test_what_the_same_tablet_brought_before_is_not_sent_again(tablet: Caller) -> None:
    bring(tablet, interview()["instance_id"], "roof.jpg", photo(1))
    told = begin(tablet, interview()["instance_id"], "other name.jpg", photo(1)).json()
    assert (told["complete"], told["upload_id"], told["offset"]) == (True, None, 1_000)
    other_size = tablet.post(
        f"/submissions/{interview()['instance_id']}/attachments",
        json={"name": "x", "size": 999, "sha256": hashlib.sha256(photo(1)).hexdigest()},
    )
    assert not other_size.json()["complete"]


def test_what_the_store_has_lost_is_asked_for_again(fieldwork: Server, tablet: Caller) -> None:
    item = interview()["instance_id"]
    bring(tablet, item, "roof.jpg", photo(1))
    sha256 = hashlib.sha256(photo(1)).digest()
    fieldwork.app.state.depot.store.discard(sha256)
    bring(tablet, item, "roof.jpg", photo(1))
    assert fieldwork.app.state.depot.store.has(sha256)
