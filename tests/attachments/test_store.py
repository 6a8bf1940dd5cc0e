"""A store keeps each content once under its hash, gives back exactly these bytes, and forgets them when told to."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from app.attachments import Depot, open_depot
from app.problems import ChecksumDiffers, ContentLost, FileTooLarge, TooMuchAtOnce, Unavailable
from app.settings import Settings
from tests.support.s3 import S3

PHOTO = random.Random(1).randbytes(700_000)
SHA256 = hashlib.sha256(PHOTO).digest()


def kept(depot: Depot, content: bytes, piece: int = 300_000) -> bytes:
    with depot.draft() as draft:
        for start in range(0, len(content), piece):
            draft.append(content[start : start + piece])
        return draft.keep().sha256


def read(depot: Depot, sha256: bytes, start: int, stop: int) -> bytes:
    return b"".join(depot.store.read(sha256, start, stop))


def test_what_is_kept_is_read_back(depot: Depot) -> None:
    assert kept(depot, PHOTO) == SHA256
    assert depot.store.has(SHA256)
    assert read(depot, SHA256, 0, len(PHOTO)) == PHOTO
    assert read(depot, SHA256, 699_990, 700_000) == PHOTO[-10:]
    assert read(depot, SHA256, 5, 400_005) == PHOTO[5:400_005]
    assert list(depot.folder.iterdir()) == []


def test_the_same_content_twice_is_one(depot: Depot) -> None:
    assert kept(depot, PHOTO) == kept(depot, PHOTO, 1_000)
    depot.store.discard(SHA256)
    assert not depot.store.has(SHA256)
    depot.store.discard(SHA256)


def test_an_empty_file_is_a_file(depot: Depot) -> None:
    sha256 = kept(depot, b"")
    assert depot.store.has(sha256)
    assert read(depot, sha256, 0, 0) == b""


def test_what_is_not_here_is_said_to_be_lost(depot: Depot) -> None:
    assert not depot.store.has(SHA256)
    with pytest.raises(ContentLost):
        read(depot, SHA256, 0, 10)


def test_a_draft_that_is_not_kept_leaves_nothing(depot: Depot) -> None:
    with depot.draft() as draft:
        draft.append(PHOTO)
    assert list(depot.folder.iterdir()) == []
    assert not depot.store.has(SHA256)


def test_a_file_may_not_be_larger_than_the_limit(depot: Depot) -> None:
    with depot.draft() as draft:
        for _ in range(10):
            draft.append(bytes(1_000_000))
        with pytest.raises(FileTooLarge):
            draft.append(b"x")
        assert draft.size == 10_000_000


def test_content_that_is_not_the_expected_one_is_not_kept(depot: Depot) -> None:
    with depot.draft() as draft:
        draft.append(PHOTO)
        expected = draft.keep()
    depot.store.discard(SHA256)
    with depot.draft() as draft:
        draft.append(PHOTO[::-1])
        with pytest.raises(ChecksumDiffers):
            draft.keep(expected)
    assert not depot.store.has(hashlib.sha256(PHOTO[::-1]).digest())


def test_a_draft_is_open_once(depot: Depot, tmp_path: Path) -> None:
    with depot.draft() as draft:
        name = next(depot.folder.iterdir()).stem
        with pytest.raises(TooMuchAtOnce), depot.resumed(UUID(name)):
            pass
        draft.append(b"goes on")


ASKED: list[Callable[[Depot], object]] = [
    lambda depot: kept(depot, PHOTO),
    lambda depot: depot.store.has(SHA256),
    lambda depot: read(depot, SHA256, 0, 9),
    lambda depot: depot.store.discard(SHA256),
]


def test_a_bucket_that_does_not_answer_is_unavailable(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "knows")
    for place in ("s3://survey/x?endpoint=http://127.0.0.1:1&region=r", s3.url("refused")):
        depot = open_depot(Settings(data=tmp_path, attachments=place))
        for ask in ASKED:
            with pytest.raises(Unavailable):
                ask(depot)
