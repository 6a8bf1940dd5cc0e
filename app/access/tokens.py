"""Opaque access tokens: 256 random bits, shown once, kept only as a hash.

A token is random, so a plain SHA-256 is enough (there is nothing to guess), and looking it up by its hash leaks no
timing about the token itself.
"""

import hashlib
import secrets

PREFIX = "tgh_"


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """The 32 bytes under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
