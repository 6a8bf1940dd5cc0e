"""Interviews with more files than one request may hold: in any order, repeated or lost, all arrive and none twice."""

from itertools import permutations
from pathlib import Path

import pytest

from app.settings import Settings
from tests.openrosa.collect import Collect, Status, requests_of
from tests.openrosa.kept import Kept, kept_in
from tests.openrosa.wire import Got, Part, multipart
from tests.submissions.household import FORM, interview, new_id
from tests.support.instances import as_xml
from tests.support.server import Caller, Server

SMALL = 2
"""Files of one request, so that three requests need no 250 files."""


@pytest.fixture
def photos() -> dict[str, bytes]:
    return {f"foto {number} é.jpg": f"jpeg {number}".encode() * 100 for number in range(6)}


def send(tablet: Collect, parts: list[Part]) -> Got:
    return tablet.wire.ask("POST", f"{tablet.server_url}/submission", *multipart(parts))


def kept(server: Server) -> Kept:
    settings: Settings = server.app.state.settings
    return kept_in(settings.database_url, Path(settings.attachments))


def test_hundreds_of_files_in_one_go(fieldwork: Server, collect: Collect) -> None:
    media = {f"{number}.jpg": str(number).encode() for number in range(230)}
    instance = collect.finalise(as_xml(FORM, interview()), media)
    collect.send()
    assert instance.status is Status.SUBMITTED
    assert [method for method, *_ in collect.wire.asked] == ["HEAD", "POST", "POST", "POST"]
    assert kept(fieldwork).interviews == [instance.xml]
    assert sorted(kept(fieldwork).files) == sorted((name, content) for name, content in media.items())


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_any_order_and_repeated(
    fieldwork: Server, collect: Collect, photos: dict[str, bytes], order: tuple[int, ...]
) -> None:
    instance = collect.finalise(as_xml(FORM, interview()), photos)
    requests = list(requests_of(instance, 10**7, SMALL - 1))
    assert len(requests) == 3
    assert {send(collect, requests[index]).status for index in (*order, order[0])} == {201}
    assert kept(fieldwork).interviews == [instance.xml]
    assert sorted(kept(fieldwork).files) == sorted(photos.items())


def test_the_interview_counts_though_the_rest_never_comes(
    fieldwork: Server, collect: Collect, caller: Caller, photos: dict[str, bytes]
) -> None:
    item = interview()
    first, *_ = requests_of(collect.finalise(as_xml(FORM, item), photos), 10**7, SMALL - 1)
    assert send(collect, first).status == 201
    assert caller.get(f"/submissions/{item['instance_id']}").json()["state"] == "current"
    assert len(kept(fieldwork).files) == SMALL


def test_other_content_under_the_same_name_is_kept_beside(fieldwork: Server, collect: Collect) -> None:
    xml = as_xml(FORM, interview())
    for content in (b"one", b"two", b"one"):
        collect.finalise(xml, {"a.jpg": content})
    collect.send()
    assert kept(fieldwork).files == [("a.jpg", b"one"), ("a.jpg", b"two")]


def test_files_of_what_is_held_or_in_conflict_are_kept_too(fieldwork: Server, collect: Collect) -> None:
    instance_id = new_id()
    collect.finalise(as_xml(FORM, interview(instance_id)), {"a.jpg": b"one"})
    collect.finalise(as_xml(FORM, interview(instance_id, minutes=90)), {"b.jpg": b"two"})
    collect.finalise(as_xml(FORM, {**interview(), "version": "9"}), {"c.jpg": b"three"})
    collect.send()
    assert collect.waiting == []
    assert sorted(kept(fieldwork).files) == [("a.jpg", b"one"), ("b.jpg", b"two"), ("c.jpg", b"three")]


@pytest.mark.parametrize("name", ["../../etc/passwd", "foto rumah é 漢.jpg", 'a"b.jpg', "a\nb.jpg", "x" * 300, "."])
def test_a_name_is_only_a_name(fieldwork: Server, collect: Collect, name: str) -> None:
    collect.finalise(as_xml(FORM, interview()), {name: b"jpeg"})
    collect.send()
    assert collect.waiting == []
    assert kept(fieldwork).files == [(name[:255], b"jpeg")]


def test_nothing_stays_behind(fieldwork: Server, collect: Collect, photos: dict[str, bytes]) -> None:
    collect.finalise(as_xml(FORM, interview()), photos)
    collect.finalise(b"<no xml", {"a.jpg": b"x"})
    collect.send()
    headers, body = multipart([Part("b.jpg", b"x" * 10_000, "image/jpeg", "b.jpg")])
    collect.wire.ask("POST", f"{collect.server_url}/submission", headers, body[:5_000])
    folder = Path(fieldwork.app.state.settings.attachments)
    assert list(folder.rglob("*.part")) == []
    assert len(kept(fieldwork).files) == len(photos)
