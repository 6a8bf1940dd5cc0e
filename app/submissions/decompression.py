"""Unpacking request bodies without trusting them: the cap is on what comes out."""

import zlib
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


def decompress(body: bytes, content_encoding: str, max_bytes: int) -> bytes:
    """The body as it was before `Content-Encoding` (nothing, identity, gzip or zstd).

    Raises `TooManyBytes` as soon as more than `max_bytes` come out, and a problem each for cut and for broken bodies.
    """
    encoding = content_encoding.strip().lower()
    if encoding in ("", "identity"):
        plain = body
    elif encoding in ("gzip", "x-gzip"):
        plain = _unpack(body, zlib.decompressobj(wbits=31), zlib.error, InvalidGzip, TruncatedGzip, max_bytes)
    elif encoding == "zstd":
        options = {int(zstd.DecompressionParameter.window_log_max): WINDOW_LOG}
        unpacker = zstd.ZstdDecompressor(options=options)
        plain = _unpack(body, unpacker, zstd.ZstdError, InvalidZstd, TruncatedZstd, max_bytes)
    else:
        raise UnsupportedEncoding(content_encoding=content_encoding[:100])
    if len(plain) > max_bytes:
        raise TooManyBytes(max_bytes=max_bytes)
    return plain


def _unpack(
    body: bytes,
    unpacker: Any,
    broken: type[Exception],
    invalid: type[Problem],
    truncated: type[Problem],
    max_bytes: int,
) -> bytes:
    try:
        plain: bytes = unpacker.decompress(body, max_bytes + 1)
    except broken as error:
        raise invalid from error
    if len(plain) <= max_bytes and not unpacker.eof:
        raise truncated
    if unpacker.unused_data:
        raise invalid
    return plain
