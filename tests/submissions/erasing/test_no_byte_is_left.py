"""The words of an erased interview stand nowhere in the files of an embedded database any more."""

from pathlib import Path

import pytest

from tests.submissions.household import HERE, interview
from tests.support.server import Caller, Server

WORDS = [b"Siti Aminah", b"Jalan Rob 7", b"atap seng bocor", b"confided in me"]


@pytest.fixture
def files(server: Server) -> list[Path]:
    if not server.database.embedded:
        pytest.skip("a database server keeps its files itself: docs/operations.md says what is to be done")
    file = Path(str(server.database.engine.url.database))
    return [file, Path(f"{file}-wal"), Path(f"{file}-journal")]


def found(files: list[Path]) -> set[bytes]:
    everything = b"".join(file.read_bytes() for file in files if file.exists())
    return {word for word in WORDS if word in everything}


def test_no_word_of_it_is_left(files: list[Path], tablet: Caller, admin: Caller) -> None:
    crowd = [interview(respondent="Somebody Else" * 9) for _ in range(60)]
    item = interview(community="nowhere", respondent="Siti Aminah", house={"roof": "atap seng bocor" * 500})
    tablet.send(*crowd[:30], item, *crowd[30:])
    sha256 = admin.get("/held").json()["held"][0]["sha256"]
    mending = {"sha256": sha256, "reason": "confided in me", "community": HERE}
    assert admin.post(f"/held/{item['instance_id']}/mend", json=mending).json()["status"] == "accepted"
    tablet.send(interview(edits=item["instance_id"], respondent="Siti Aminah, Jalan Rob 7"))
    admin.post(f"/submissions/{item['instance_id']}/review", json={"state": "approved", "note": "confided in me"})
    assert found(files) == set(WORDS)
    answer = admin.post(f"/submissions/{item['instance_id']}/erase", json={"reason": "asked for"})
    assert answer.json()["scrubbed"] is True
    assert found(files) == set()
    assert b"Somebody Else" in files[0].read_bytes()
    assert admin.get("/integrity").json()["ok"] is True


def test_a_second_call_does_what_a_first_one_could_not(
    files: list[Path], tablet: Caller, admin: Caller, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = interview(respondent="Siti Aminah")
    tablet.send(item)
    path = f"/submissions/{item['instance_id']}/erase"
    with monkeypatch.context() as patch:
        patch.setattr("app.database.scrub.BUSY_SECONDS", 0)
        with server.database.engine.connect() as reader:
            reader.exec_driver_sql("SELECT count(*) FROM submission").all()
            assert admin.post(path, json={"reason": "asked for"}).json()["scrubbed"] is False
    assert admin.post(path, json={"reason": "asked for"}).json()["scrubbed"] is True
    assert found(files) == set()
