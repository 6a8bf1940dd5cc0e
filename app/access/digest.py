"""Digest access authentication (RFC 7616): a name and a password that never travel, not even over plain HTTP.

The name is the holder's, the password the token. Whoever checks needs what both give together, H(name:realm:token):
that much is kept of a token beside its hash. It opens only doors that take Digest, and does not give away the token.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

REALM = "Tangguh"
ALGORITHMS: Mapping[str, Any] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
"""In the order in which they are offered. ODK Collect reads only the first challenge, and older ones know only MD5;
a token is too random for anybody to find it from either."""

NONCE_LIFE = timedelta(hours=1)

_PARAMETER = re.compile(r'([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)', re.IGNORECASE)
_COUNT = re.compile(r"[0-9a-f]{8}", re.ASCII | re.IGNORECASE)


def secrets_of(name: str, token: str) -> dict[str, bytes]:
    """What is kept so that this token can be checked as a password, by algorithm."""
    return {algorithm: hashed(f"{name}:{REALM}:{token}".encode()).digest() for algorithm, hashed in ALGORITHMS.items()}


@dataclass(frozen=True)
class Credentials:
    """What a client has answered to a challenge."""

    username: str
    algorithm: str
    nonce: str
    uri: str
    response: str
    nc: str
    cnonce: str

    def match(self, secret: bytes, method: str) -> bool:
        """Whether whoever wrote this knew the secret."""
        hashed = ALGORITHMS[self.algorithm]
        request = hashed(f"{method}:{self.uri}".encode()).hexdigest()
        whole = ":".join((secret.hex(), self.nonce, self.nc, self.cnonce, "auth", request))
        return hmac.compare_digest(hashed(whole.encode()).hexdigest().encode(), self.response.lower().encode())


def read_credentials(header: str) -> Credentials | None:
    """The credentials in an `Authorization` header, or None where they are of another kind or incomplete."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "digest":
        return None
    found = {name.lower(): plain or re.sub(r"\\(.)", r"\1", quoted) for name, quoted, plain in _PARAMETER.findall(rest)}
    algorithm = found.get("algorithm", "MD5").upper()
    named = [found.get(name, "") for name in ("username", "nonce", "uri", "response", "nc", "cnonce")]
    if algorithm not in ALGORITHMS or found.get("realm") != REALM or found.get("qop") != "auth" or not all(named):
        return None
    username, nonce, uri, response, nc, cnonce = named
    if not _COUNT.fullmatch(nc):
        return None
    return Credentials(username, algorithm, nonce, uri, response, nc, cnonce)


class Nonces:
    """Numbers that are good for a while. Nothing is remembered of them: each carries when it was made and proof that
    we made it. That a request can be sent again within this time does no harm, because sending again never does."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def new(self, now: datetime) -> str:
        made = int(now.timestamp()).to_bytes(8, "big") + secrets.token_bytes(8)
        return urlsafe_b64encode(made + self._proof(made)).decode()

    def good(self, nonce: str, now: datetime) -> bool:
        try:
            whole = urlsafe_b64decode(nonce.encode())
        except (NoBase64, ValueError):
            return False
        made, proof = whole[:16], whole[16:]
        age = now.timestamp() - int.from_bytes(made[:8], "big")
        return hmac.compare_digest(proof, self._proof(made)) and 0 <= age + 1 <= NONCE_LIFE.total_seconds()

    def challenges(self, now: datetime, *, stale: bool) -> list[str]:
        """The values of as many `WWW-Authenticate` headers. `stale` means that only the nonce was wrong."""
        nonce, again = self.new(now), ", stale=true" if stale else ""
        return [
            f'Digest realm="{REALM}", nonce="{nonce}", algorithm={algorithm}, qop="auth", charset=UTF-8{again}'
            for algorithm in ALGORITHMS
        ]

    def _proof(self, made: bytes) -> bytes:
        return hmac.digest(self._key, made, "sha256")[:16]
