"""A file, a piece and what waits for its interview may be so large and no larger."""

import uuid
from pathlib import Path

import pytest

from app.settings import Settings
from tests.attachments.photos import begin, bring, interview, photo, piece
from tests.support.server import Caller


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    limits = {"max_file_bytes": 5_000, "max_piece_bytes": 2_000, "max_unclaimed_bytes": 8_000}
    return Settings(database_url=database_url, data=tmp_path, **limits)


def test_limits_are_told(tablet: Caller) -> None:
    told = tablet.get("/limits").json()
    assert (told["max_file_bytes"], told["max_piece_bytes"]) == (5_000, 2_000)


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(tablet: Caller) -> None:
    answer = begin(tablet, interview()["instance_id"], "film.mp4", photo(1, 5_001))
    assert (answer.status_code, answer.json()["slug"], answer.json()["max_file_bytes"]) == (
        413,
        "file_too_large",
        5_000,
    )


def test_a_piece_that_is_too_large_is_refused(tablet: Caller) -> None:
    content = photo(1, 4_000)
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", content).json()["upload_id"]
    answer = piece(tablet, upload_id, 0, content[:2_001])
    assert (answer.status_code, answer.json()["slug"], answer.json()["max_bytes"]) == (413, "body_too_large", 2_000)
    assert piece(tablet, upload_id, 0, content[:2_000]).json()["offset"] == 2_000


def test_so_much_may_wait_for_its_interviews_and_no_more(tablet: Caller) -> None:
    first, second, late = interview(), interview(), f"uuid:{uuid.uuid4()}"
    bring(tablet, first["instance_id"], "a.jpg", photo(1, 4_000), size=2_000)
    assert begin(tablet, second["instance_id"], "b.jpg", photo(2, 4_000)).status_code == 200
    refused = begin(tablet, late, "c.jpg", photo(3, 1))
    assert (refused.status_code, refused.json()["slug"], refused.json()["retry"]) == (
        429,
        "too_many_unclaimed",
        "later",
    )
    assert int(refused.headers["retry-after"]) > 0
    tablet.send(first)
    assert begin(tablet, late, "c.jpg", photo(3, 4_000)).status_code == 200
    assert begin(tablet, late, "d.jpg", photo(4, 1)).status_code == 429
    assert begin(tablet, first["instance_id"], "e.jpg", photo(5, 5_000)).status_code == 200
