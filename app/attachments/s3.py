"""The store as a bucket of any S3-compatible service: one object a content, named by its hash."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.attachments.store import PIECE_BYTES
from app.problems import ContentLost, Unavailable

DEADLINE = timedelta(seconds=20)
"""How long one request and its repetitions may take; a tablet waits no longer than a minute."""


@contextmanager
def doubted() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable from error


class BucketStore:
    """`url` is `s3://bucket/prefix?endpoint=…&region=…`. Who we are stands in the environment, as the tools of S3
    know it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what the machine was given."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        chosen = dict(parse_qsl(parts.query))
        self._bucket = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            endpoint=chosen.get("endpoint"),
            region=chosen.get("region"),
            client_options={"allow_http": chosen.get("endpoint", "").startswith("http://"), "timeout": DEADLINE},
            retry_config={"max_retries": 2, "retry_timeout": DEADLINE},
        )

    def take(self, file: Path, sha256: bytes) -> None:
        if not self.has(sha256):
            with doubted():
                obstore.put(self._bucket, sha256.hex(), file)

    def has(self, sha256: bytes) -> bool:
        with doubted():
            try:
                obstore.head(self._bucket, sha256.hex())
            except FileNotFoundError:
                return False
        return True

    def read(self, sha256: bytes, start: int, stop: int) -> Iterator[bytes]:
        if start == stop:
            return iter(())
        try:
            found = obstore.get(self._bucket, sha256.hex(), options={"range": (start, stop)})
        except FileNotFoundError as error:
            raise ContentLost from error
        except (BaseError, OSError) as error:
            raise Unavailable from error
        return (bytes(piece) for piece in found.stream(min_chunk_size=PIECE_BYTES))

    def discard(self, sha256: bytes) -> None:
        with doubted():
            obstore.delete(self._bucket, sha256.hex())
