"""Unpacking request bodies without trusting them: the cap is on what comes out."""

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from backports import zstd

from app.problems import (
    InvalidGzip,
    InvalidZstd,
    Problem,
    TooManyBytes,
    TruncatedGzip,
    TruncatedZstd,
    UnsupportedEncoding,
)

WINDOW_LOG = 23
"""Largest zstd window that we lend memory for, 8 MiB; RFC 8878 asks decoders for at least that."""


MOST_MEMBERS = 100
"""Most gzip members or zstd frames in one body, which follow each other where a tablet appends to a file. Each one
costs a copy of the rest."""


def decompress(body: bytes, content_encoding: str, max_bytes: int) -> bytes:
    """The body as it was before `Content-Encoding` (nothing, identity, gzip or zstd).

    Raises `TooManyBytes` as soon as more than `max_bytes` come out, and a problem each for cut and for broken bodies.
    """
    begin: Callable[[], Any]
    encoding = content_encoding.strip().lower()
    if encoding in ("", "identity"):
        plain = body
    elif encoding in ("gzip", "x-gzip"):
        begin = partial(zlib.decompressobj, wbits=31)
        plain = _unpack(body, begin, zlib.error, InvalidGzip, TruncatedGzip, max_bytes)
    elif encoding == "zstd":
        options = {int(zstd.DecompressionParameter.window_log_max): WINDOW_LOG}
        begin = partial(zstd.ZstdDecompressor, options=options)
        plain = _unpack(body, begin, zstd.ZstdError, InvalidZstd, TruncatedZstd, max_bytes)
    else:
        raise UnsupportedEncoding(content_encoding=content_encoding[:100])
    if len(plain) > max_bytes:
        raise TooManyBytes(max_bytes=max_bytes)
    return plain


def _unpack(
    body: bytes,
    begin: Callable[[], Any],
    broken: type[Exception],
    invalid: type[Problem],
    truncated: type[Problem],
    max_bytes: int,
) -> bytes:
    plain = b""
    for _ in range(MOST_MEMBERS):
        unpacker = begin()
        try:
            piece: bytes = unpacker.decompress(body, max_bytes + 1 - len(plain))
        except broken as error:
            raise invalid from error
        plain += piece
        if len(plain) <= max_bytes and not unpacker.eof:
            raise truncated
        body = unpacker.unused_data
        if not body or len(plain) > max_bytes:
            return plain
    raise invalid
