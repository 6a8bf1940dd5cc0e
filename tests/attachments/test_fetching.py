"""Files come out to those who may see them, as bytes that no browser runs, whole or from where a download stopped."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry
from app.settings import Settings
from tests.attachments.photos import bring, interview, photo
from tests.support.server import Caller, Server
from tests.support.village import SOUTH

CONTENT = photo(1, 600_000)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, place: str) -> Settings:
    """Both kinds of store, on both kinds of database."""
    return Settings(database_url=database_url, data=tmp_path, attachments=place)


@pytest.fixture
def item(tablet: Caller) -> dict[str, Any]:
    """An interview with a photograph, a recording that is personal, an audit, and a file that nobody asked for."""
    item = interview(house={"roof": "roof.html"}, voice="voice.m4a", meta={"audit": "audit.csv"})
    tablet.send(item)
    bring(tablet, item["instance_id"], "roof.html", CONTENT, size=500_000)
    for seed, name in enumerate(["voice.m4a", "audit.csv", "stray.jpg"]):
        bring(tablet, item["instance_id"], name, photo(seed + 2))
    return item


def get(caller: Caller, item: dict[str, Any], name: str, **headers: str) -> Any:
    return caller.get(f"/submissions/{item['instance_id']}/attachments/{name}", headers=headers)


def test_bytes_come_out_as_they_came_in_and_inert(office: Caller, item: dict[str, Any]) -> None:
    answer = get(office, item, "roof.html")
    assert answer.content == CONTENT
    assert answer.headers.items() >= {
        ("content-type", "application/octet-stream"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("content-disposition", "attachment; filename*=UTF-8''roof.html"),
        ("content-length", "600000"),
        ("cache-control", "no-store"),
    }


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=300000-", 300_000, 600_000), ("bytes=599999-700000", 599_999, 600_000)],
)
def test_a_download_goes_on_where_it_stopped(
    office: Caller, item: dict[str, Any], asked: str, start: int, stop: int
) -> None:
    answer = get(office, item, "roof.html", Range=asked)
    assert (answer.status_code, answer.content) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/600000"


@pytest.mark.parametrize("asked", ["bytes=600000-", "bytes=9-3", "bytes=-5", "bytes=0-1,5-6", "lines=1-2", "bytes=x-"])
def test_other_ranges_get_the_whole(office: Caller, item: dict[str, Any], asked: str) -> None:
    answer = get(office, item, "roof.html", Range=asked)
    assert (answer.status_code, len(answer.content)) == (200, 600_000)


def test_each_role_gets_what_it_may(fieldwork: Server, tablet: Caller, office: Caller, item: dict[str, Any]) -> None:
    names = ["audit.csv", "roof.html", "stray.jpg", "voice.m4a"]
    reach = {
        tablet: names,
        office: names,
        fieldwork.enrol(Role.ADMIN): names,
        fieldwork.enrol(Role.ANALYST, ["north"]): ["roof.html"],
        fieldwork.enrol(Role.ENUMERATOR, ["north"]): [],
        fieldwork.enrol(Role.COORDINATOR, ["south"]): [],
    }
    for caller, expected in reach.items():
        assert [name for name in names if get(caller, item, name).status_code == 200] == expected
        listed = caller.get(f"/submissions/{item['instance_id']}/attachments")
        if expected:
            assert [file["name"] for file in listed.json()["files"]] == expected
        else:
            assert listed.content == caller.get("/submissions/none/attachments").content


def test_an_analyst_is_not_told_the_names_of_personal_files(fieldwork: Server, item: dict[str, Any]) -> None:
    analyst = fieldwork.enrol(Role.ANALYST)
    for path in ("", "/attachments"):
        answer = analyst.get(f"/submissions/{item['instance_id']}{path}")
        assert "roof.html" in answer.text
        assert not [name for name in ("voice", "audit", "stray") if name in answer.text]


def test_a_file_that_a_personal_question_names_too_is_personal(fieldwork: Server, tablet: Caller) -> None:
    item = interview(house={"roof": "same.jpg"}, voice="same.jpg")
    tablet.send(item)
    bring(tablet, item["instance_id"], "same.jpg", photo(1))
    assert get(fieldwork.enrol(Role.ANALYST), item, "same.jpg").status_code == 404
    assert get(tablet, item, "same.jpg").status_code == 200


def test_a_read_is_recorded_without_the_name(fieldwork: Server, office: Caller, item: dict[str, Any]) -> None:
    get(fieldwork.enrol(Role.ANALYST), item, "roof.html")
    get(office, item, "no such file")
    get(office, item, "voice.m4a")
    with fieldwork.database.read() as session:
        read = session.exec(select(AuditEntry).where(AuditEntry.action == "file_read")).all()
        assert [(entry.subject, entry.details) for entry in read] == [(item["instance_id"], {})]


def test_a_file_of_the_other_side_is_like_none(fieldwork: Server, office: Caller) -> None:
    southern = fieldwork.enrol(Role.ENUMERATOR, ["south"])
    item = interview(SOUTH, house={"roof": "roof.jpg"})
    southern.send(item)
    bring(southern, item["instance_id"], "roof.jpg", photo(1))
    assert get(office, item, "roof.jpg").content == get(office, interview(), "roof.jpg").content


def test_lost_content_is_said_to_be_lost(fieldwork: Server, office: Caller, item: dict[str, Any]) -> None:
    fieldwork.app.state.depot.store.discard(
        bytes.fromhex(office.get(f"/submissions/{item['instance_id']}/attachments").json()["files"][1]["sha256"])
    )
    answer = get(office, item, "roof.html")
    assert (answer.status_code, answer.json()["slug"]) == (404, "content_lost")
