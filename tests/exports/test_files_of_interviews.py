"""`GET /exports/{form_id}/files.zip`, and the hashes in tables: how a row leads to its file, and which files leave."""

import csv
import hashlib
import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from app.access.policy import Role
from app.access.tables import AuditEntry, Holder
from app.exports.files import files_zip
from app.exports.write import prepare
from app.submissions.extract import Wanted
from tests.attachments.photos import FORM, bring, interview, photo
from tests.exports.conftest import Row, rows, table
from tests.support.server import Caller, Server
from tests.support.village import COMMUNITIES, SOUTH, version_of

Json = dict[str, Any]
CONSENT = {"type": "text", "name": "consent", "label::English (en)": "May we begin?"}
ASKING = version_of(
    {**FORM, "survey": [*FORM["survey"], CONSENT]},
    "2",
    fieldwork={
        **FORM["fieldwork"],
        "consent": {"question": "consent", "given": ["yes"]},
        "sensitive": ["house/roof"],
    },
)
ROOF, VOICE, PICTURE, AUDIT, STRAY = "roof.JPG", "voice.m4a", "a.jpg", "audit.csv", "stray.jpg"


@pytest.fixture
def photos(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM)
    return server


@pytest.fixture
def tablet(photos: Server) -> Caller:
    return photos.enrol()


@pytest.fixture
def analyst(photos: Server) -> Caller:
    return photos.enrol(Role.ANALYST)


def send(tablet: Caller, item: Json, **files: bytes) -> Json:
    tablet.send(item)
    for name, content in files.items():
        bring(tablet, item["instance_id"], name, content, size=500_000)
    return item


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def archive(caller: Caller, **parameters: Any) -> tuple[dict[str, bytes], list[Row]]:
    """The files by their paths, and the list of them."""
    answer = caller.get("/exports/photos/files.zip", params=parameters)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.testzip() is None
        files = {name: opened.read(name) for name in opened.namelist()}
    return files, rows(files.pop("files.csv").decode())


def names(caller: Caller, **parameters: Any) -> set[str]:
    return {row["name"] for row in archive(caller, **parameters)[1]}


def full() -> Json:
    return interview(
        house={"roof": ROOF},
        voice=VOICE,
        damage=[{"picture": PICTURE}, {"picture": "missing.jpg"}],
        meta={"audit": AUDIT},
    )


FULL = {name: photo(seed) for seed, name in enumerate((ROOF, VOICE, PICTURE, AUDIT, STRAY))}


def test_a_row_tells_the_hash_by_which_its_file_is_fetched(tablet: Caller, analyst: Caller) -> None:
    item = send(tablet, full(), **FULL)
    (row,) = table(analyst, "photos")
    assert (row["house/roof"], row["house/roof/sha256"]) == (ROOF, sha256(FULL[ROOF]))
    assert not [column for column in row if "voice" in column]
    got = analyst.get(f"/submissions/{item['instance_id']}/attachments/{row['house/roof/sha256']}")
    assert got.content == FULL[ROOF]
    opened = zipfile.ZipFile(io.BytesIO(analyst.get("/exports/photos.zip").content))
    turns = list(csv.DictReader(io.StringIO(opened.read("photos.damage.csv").decode(), newline="")))
    assert [(turn["damage/picture"], turn["damage/picture/sha256"]) for turn in turns] == [
        (PICTURE, sha256(FULL[PICTURE])),
        ("missing.jpg", ""),
    ]


def test_the_archive_holds_what_the_rows_name(tablet: Caller, analyst: Caller) -> None:
    item = send(tablet, full(), **FULL)
    folder = item["instance_id"].removeprefix("uuid:")
    files, listed = archive(analyst)
    expected = {f"{folder}/{sha256(FULL[name])}.jpg": FULL[name] for name in (ROOF, PICTURE)}
    assert files == expected
    assert {(row["name"], row["path"], row["size"]) for row in listed} == {
        (name, f"{folder}/{sha256(FULL[name])}.jpg", "1000") for name in (ROOF, PICTURE)
    }
    assert archive(analyst, community="north") == (files, listed)
    assert archive(analyst, community=SOUTH) == ({}, [])


def test_what_is_personal_is_only_for_who_may_and_asks(photos: Server, tablet: Caller, analyst: Caller) -> None:
    send(tablet, full(), **FULL)
    admin = photos.enrol(Role.ADMIN)
    assert names(analyst) == names(admin) == {ROOF, PICTURE}
    assert names(admin, personal=True) == {*FULL}
    assert analyst.get("/exports/photos/files.zip", params={"personal": True}).status_code == 403
    (row,) = table(admin, "photos", personal=True)
    assert row["voice/sha256"] == sha256(FULL[VOICE])
    with photos.database.read() as session:
        subjects = session.exec(select(AuditEntry.subject).where(AuditEntry.action == "export_read")).all()
    assert subjects == ["photos 1", "photos 1"]


def test_a_file_that_a_personal_question_names_too_stays(tablet: Caller, analyst: Caller) -> None:
    send(tablet, interview(house={"roof": "same.jpg"}, voice="same.jpg"), **{"same.jpg": photo(1)})
    send(tablet, interview(house={"roof": "audit.csv"}, meta={"audit": "audit.csv"}), **{"audit.csv": photo(1)})
    assert names(analyst) == set()
    assert [row["house/roof/sha256"] for row in table(analyst, "photos")] == ["", ""]


def test_after_a_refusal_nothing_personal_or_sensitive_leaves(photos: Server, tablet: Caller, analyst: Caller) -> None:
    photos.publish(ASKING)
    item = full()
    send(tablet, {**item, "version": "2", "answers": {**item["answers"], "consent": "no"}}, **FULL)
    admin = photos.enrol(Role.ADMIN)
    assert names(analyst) == names(admin) == names(admin, personal=True) == {PICTURE}
    assert sha256(FULL[ROOF]) not in str(table(admin, "photos", personal=True))


def test_a_later_version_protects_older_files(photos: Server, tablet: Caller, analyst: Caller) -> None:
    send(tablet, full(), **FULL)
    photos.publish(version_of(FORM, "2", fieldwork={"community": "community", "personal": ["voice", "picture"]}))
    assert names(analyst) == {ROOF}
    assert names(analyst, version="1") == {ROOF, PICTURE}


def test_what_was_chosen_is_what_leaves(photos: Server, tablet: Caller, analyst: Caller) -> None:
    item = interview(house={"roof": ROOF})
    for seed in (1, 2):
        send(tablet, item, **{ROOF: photo(seed)})
    choice = {"name": ROOF, "keep": sha256(photo(2)), "reason": "the other is blurred"}
    assert photos.enrol(Role.ADMIN).post(f"/conflicts/{item['instance_id']}/files", json=choice).status_code == 200
    assert [*archive(analyst)[0].values()] == [photo(2)]
    assert table(analyst, "photos")[0]["house/roof/sha256"] == sha256(photo(2))


def test_names_are_no_paths(tablet: Caller, analyst: Caller) -> None:
    odd = ["../../etc/passwd", "a.html", "run.exe", "=1+1.jpg", "C:\\x.JPEG", "é\u202egpj.exe"]
    item = interview(damage=[{"picture": name} for name in odd])
    send(tablet, item, **{name: photo(seed) for seed, name in enumerate(odd)})
    folder = item["instance_id"].removeprefix("uuid:")
    files, listed = archive(analyst)
    endings = {"=1+1.jpg": ".jpg", "C:\\x.JPEG": ".jpeg"}
    assert set(files) == {f"{folder}/{sha256(photo(seed))}{endings.get(name, '')}" for seed, name in enumerate(odd)}
    assert {row["name"] for row in listed} == {*odd, "'=1+1.jpg"} - {"=1+1.jpg"}


def test_two_names_of_one_content_are_one_file(photos: Server, tablet: Caller, analyst: Caller) -> None:
    item = interview(damage=[{"picture": "a.jpg"}, {"picture": "b.jpg"}])
    send(tablet, item, **{"a.jpg": photo(1), "b.jpg": photo(1)})
    files, listed = archive(analyst)
    assert (len(files), [row["name"] for row in listed]) == (1, ["a.jpg", "b.jpg"])
    photos.app.state.depot.store.discard(bytes.fromhex(sha256(photo(1))))
    files, listed = archive(analyst)
    assert (files, [row["path"] for row in listed]) == ({}, ["", ""]), "lost content is told and stops nothing"


def test_same_data_give_the_same_bytes(tablet: Caller, analyst: Caller) -> None:
    for seed in range(3):
        send(tablet, interview(house={"roof": ROOF}), **{ROOF: photo(seed)})
    first = analyst.get("/exports/photos/files.zip")
    assert first.headers["content-disposition"] == 'attachment; filename="photos.files.zip"'
    assert analyst.get("/exports/photos/files.zip").content == first.content


def test_no_more_than_a_piece_is_in_memory(photos: Server, tablet: Caller) -> None:
    photos.enrol(Role.ANALYST, name="reader")
    for seed in range(3):
        send(tablet, interview(house={"roof": ROOF}), **{ROOF: photo(seed, 5_000_000)})
    of = photos.app.state
    with of.database.read() as session:
        reader = session.exec(select(Holder).where(Holder.name == "reader")).one()
        session.expunge(reader)
    wanted = Wanted("photos", reader, of.areas())
    export = prepare(of.database, of.catalogue, wanted, version=None, personal=False, now=datetime.now(UTC))
    tracemalloc.start()
    written = sum(map(len, files_zip(export, of.depot.store)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > 15_000_000
    assert peak < 4_000_000
