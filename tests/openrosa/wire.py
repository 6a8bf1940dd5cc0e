"""How ODK Collect speaks HTTP: its headers, its time-outs, its cache, its passwords and its multipart bodies.

Written from Collect's own rules and independent of `app`: what both sides believe must come from outside of both.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

TIMEOUT = httpx.Timeout(60, connect=30)
DEVICE_ID = "collect:AbCdEfGhIjKlMnOp"
AGENT = "org.odk.collect.android/v2026.3.0 (Dalvik/2.1.0 (Linux; U; Android 14; SM-T505 Build/UP1A))"
WRONG_DATE = "Sat, 21 Nov 2026 03:04:05 GMT"
"""Collect writes the hour of twelve, so that in the afternoon its clock is twelve hours slow."""

CRLF = b"\r\n"


@dataclass(frozen=True)
class Got:
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def is_openrosa(self) -> bool:
        return "X-OpenRosa-Version" in self.headers

    @property
    def says_text_xml(self) -> bool:
        """Anything else makes Collect think that a hotel's log-in page has answered."""
        return "text/xml" in self.headers.get("Content-Type", "")


@dataclass
class Wire:
    """The connection of one device. `client` is any httpx client; the password is used only when it is asked for."""

    client: Any
    username: str = ""
    password: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    """Every exchange: method, path and status."""

    _cache: dict[str, Got] = field(default_factory=dict)
    _challenge: "Challenge | None" = None

    def get(self, url: str) -> Got:
        """What the address holds, from the cache where the server says that nothing has changed."""
        known = self._cache.get(url)
        got = self.ask("GET", url, {"If-None-Match": known.headers["ETag"]} if known else {})
        if got.status == 304 and known:
            return known
        if got.status == 200 and "ETag" in got.headers and "no-store" not in got.headers.get("Cache-Control", ""):
            self._cache[url] = got
        return got

    def ask(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Got:
        """One exchange; after a challenge that can be met a second one. Raises `httpx.TransportError`."""
        url = with_device_id(url)
        got = self._exchange(method, url, headers, content)
        challenge = Challenge.of(got) if got.status == 401 and self.username else None
        if challenge is None or (self._challenge is not None and not challenge.stale):
            return got
        self._challenge = challenge
        return self._exchange(method, url, headers, content)

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> Got:
        sent = {"X-OpenRosa-Version": "1.0", "Date": WRONG_DATE, "User-Agent": AGENT, **self.headers, **headers}
        if self._challenge is not None:
            target = urlsplit(url)
            sent["Authorization"] = self._challenge.answer(
                method, f"{target.path}?{target.query}", self.username, self.password
            )
        answer = self.client.request(method, url, headers=sent, content=content)
        self.asked.append((method, urlsplit(url).path, answer.status_code))
        return Got(answer.status_code, httpx.Headers(answer.headers.multi_items()), answer.content)


def with_device_id(url: str) -> str:
    """Collect appends it to every address, whatever stands there already."""
    return f"{url}{'&' if '?' in url else '?'}deviceID={quote(DEVICE_ID, safe='')}"


@dataclass
class Challenge:
    """A Digest challenge (RFC 7616, and RFC 2617 for those who know only MD5)."""

    realm: str
    nonce: str
    algorithm: str
    opaque: str
    stale: bool
    count: int = 0

    @classmethod
    def of(cls, got: Got) -> "Challenge | None":
        """The first one that the answer holds, as Collect's library takes it."""
        for header in got.headers.get_list("WWW-Authenticate"):
            if header.lower().startswith("digest "):
                found = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETERS.findall(header[7:])}
                assert "auth" in re.split(r"\s*,\s*", found["qop"])
                algorithm, stale = found.get("algorithm", "MD5"), found.get("stale", "").lower() == "true"
                return cls(found["realm"], found["nonce"], algorithm, found.get("opaque", ""), stale)
        return None

    def answer(self, method: str, uri: str, username: str, password: str, cnonce: str = "") -> str:
        self.count += 1
        hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[self.algorithm]

        def h(*parts: str) -> str:
            return hashed(":".join(parts).encode()).hexdigest()

        nc, cnonce = f"{self.count:08x}", cnonce or os.urandom(8).hex()
        secret = h(username, self.realm, password)
        response = h(secret, self.nonce, nc, cnonce, "auth", h(method, uri))
        opaque = f', opaque="{self.opaque}"' if self.opaque else ""
        return (
            f'Digest username="{username}", realm="{self.realm}", nonce="{self.nonce}", uri="{uri}", qop=auth, '
            f'nc={nc}, cnonce="{cnonce}", response="{response}", algorithm={self.algorithm}{opaque}'
        )


_PARAMETERS = re.compile(r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')


@dataclass(frozen=True)
class Part:
    name: str
    content: bytes
    content_type: str
    filename: str = ""

    def written(self) -> bytes:
        """File names travel as raw UTF-8, with the three characters escaped that OkHttp escapes."""
        filename = f'; filename="{_escaped(self.filename)}"' if self.filename else ""
        head = f'Content-Disposition: form-data; name="{_escaped(self.name)}"{filename}'.encode()
        return CRLF.join([head, f"Content-Type: {self.content_type}".encode(), b"", self.content])


def multipart(parts: Iterable[Part]) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a form of these parts."""
    boundary = os.urandom(16).hex()
    line = f"--{boundary}".encode()
    body = b"".join(line + CRLF + part.written() + CRLF for part in parts) + line + b"--" + CRLF
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body


def _escaped(name: str) -> str:
    return name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
