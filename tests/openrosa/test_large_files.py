"""Files go to the disk as they come: however large, and however many at once, the server's memory stays as it is."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.openrosa.kept import kept_in
from tests.openrosa.wire import Part, multipart
from tests.submissions.household import FORM, interview
from tests.support.instances import as_xml
from tests.support.process import Process, running

FILE_BYTES = 60_000_000
AT_ONCE = 4
PIECE = os.urandom(1_000_000)


@pytest.fixture
def server(tmp_path: Path, sqlite_template: Path) -> Iterator[Process]:
    (tmp_path / "tangguh.db").write_bytes(sqlite_template.read_bytes())
    with running(
        f"sqlite:///{tmp_path}/tangguh.db", tmp_path, max_file_bytes=FILE_BYTES, min_bytes_per_second=1
    ) as process:
        yield process


def send(server: Process, file_bytes: int, *, chunked: bool = False) -> httpx.Response:
    """An interview with a video, which this side does not hold in memory either."""
    headers, body = multipart([Part("xml_submission_file", as_xml(FORM, interview()), "text/xml", "a.xml"),
                               Part("video.mp4", b"@", "video/mp4", "video.mp4")])  # fmt: skip
    before, _, after = body.partition(b"@")

    def pieces() -> Iterator[bytes]:
        yield before
        for _ in range(file_bytes // len(PIECE)):
            yield PIECE
        yield PIECE[: file_bytes % len(PIECE)] + after

    if not chunked:
        headers["Content-Length"] = str(len(before) + file_bytes + len(after))
    address = f"{server.address}/openrosa/{server.tokens[0]}/submission"
    return httpx.post(address, headers=headers, content=pieces(), timeout=120)


def test_four_videos_at_once_take_no_memory(server: Process, tmp_path: Path) -> None:
    before = server.peak_mib()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: send(server, FILE_BYTES), range(AT_ONCE)))
    assert [answer.status_code for answer in answers] == [201] * AT_ONCE
    assert server.peak_mib() < before + 40
    files = kept_in(f"sqlite:///{tmp_path}/tangguh.db", tmp_path / "attachments").files
    assert [(name, len(content)) for name, content in files] == [("video.mp4", FILE_BYTES)] * AT_ONCE


def test_a_body_of_unknown_length_is_taken(server: Process, tmp_path: Path) -> None:
    assert send(server, 300_000, chunked=True).status_code == 201
    ((_, content),) = kept_in(f"sqlite:///{tmp_path}/tangguh.db", tmp_path / "attachments").files
    assert content == PIECE[:300_000]


def test_a_file_that_is_too_large_stays_on_the_tablet_and_the_interview_does_not(
    server: Process, tmp_path: Path
) -> None:
    answer = send(server, FILE_BYTES + 1)
    assert answer.status_code == 413
    assert "OpenRosaResponse" in answer.text
    kept = kept_in(f"sqlite:///{tmp_path}/tangguh.db", tmp_path / "attachments")
    assert (len(kept.interviews), kept.files) == (1, [])
    assert [each for each in (tmp_path / "attachments").rglob("*") if each.is_file()] == []
