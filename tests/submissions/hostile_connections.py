"""Requests as no tablet's HTTP library should write them, byte by byte, and what each is answered: the status, and
the problem's slug where the application itself has answered.

`@BATCH` stands for a good batch, `@LENGTH` for its length, `@TOKEN` for a valid token. Whatever is not named by a
slug has been refused by the HTTP parser, before the application. Nothing is answered to who hangs up too early.
"""

from collections.abc import Iterable, Mapping

POST = "POST /api/v1/batches HTTP/1.1\r\nHost: x\r\n"
AUTHORIZED = "Authorization: Bearer @TOKEN\r\n"
JSON = "Content-Type: application/json\r\n"
HEAD = POST + AUTHORIZED + JSON


def sent(headers: str = "Content-Length: @LENGTH\r\n", body: str = "@BATCH") -> str:
    """A batch with these headers more."""
    return f"{HEAD}{headers}\r\n{body}"


def asked(target: str, headers: str = "", method: str = "GET", version: str = "HTTP/1.1") -> str:
    return f"{method} {target} {version}\r\nHost: x\r\n{AUTHORIZED}{headers}\r\n"


def queries(expected: str, texts: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    return {f"?{text[:40]!a}": (asked(f"/api/v1/submissions?{text}"), expected) for text in texts}


def paths(expected: str, texts: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    return {f"{text[:60]!a}": (asked(text), expected) for text in texts}


def authorized(expected: str, headers: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    request = "GET /api/v1/limits HTTP/1.1\r\nHost: x\r\n{}\r\n"
    return {f"token: {name}": (request.format(header), expected) for name, header in headers.items()}


LENGTHS: Mapping[str, tuple[str, str]] = {
    "good": (sent(), "200"),
    "chunked": (sent("Transfer-Encoding: chunked\r\n", "@CHUNKS"), "200"),
    "a longer length": (sent("Content-Length: 99999\r\n"), ""),
    "a shorter length": (sent("Content-Length: 20\r\n"), "400"),
    "no length": (sent(""), "400"),
    "length 0": (sent("Content-Length: 0\r\n", ""), "400 truncated_json"),
    "a length of 4 GB": (sent("Content-Length: 4294967296\r\n"), "413 too_many_bytes"),
    "a length of 30 digits": (sent("Content-Length: " + "9" * 30 + "\r\n"), "400"),
    "a negative length": (sent("Content-Length: -1\r\n"), "400"),
    "a length with a sign": (sent("Content-Length: +@LENGTH\r\n"), "400"),
    "a hexadecimal length": (sent("Content-Length: 0xff\r\n"), "400"),
    "an empty length": (sent("Content-Length: \r\n"), "400"),
    "two lengths": (sent("Content-Length: @LENGTH\r\nContent-Length: 5\r\n"), "400"),
    "a length and chunks": (sent("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "@CHUNKS"), "400"),
    "chunks of no size": (sent("Transfer-Encoding: chunked\r\n", "\r\n\r\n"), "400"),
    "chunks of a size that is no number": (sent("Transfer-Encoding: chunked\r\n", "zz\r\n"), "400"),
    "chunks of a huge size": (sent("Transfer-Encoding: chunked\r\n", "f" * 17 + "\r\n"), "400"),
    "a cut chunk": (sent("Transfer-Encoding: chunked\r\n", "ff\r\n{"), ""),
    "no last chunk": (sent("Transfer-Encoding: chunked\r\n", "1\r\n{\r\n"), ""),
    "unknown transfer encoding": (sent("Transfer-Encoding: gzip\r\n"), "400"),
    "chunked twice": (sent("Transfer-Encoding: chunked, chunked\r\n", "@CHUNKS"), "400"),
}
HEADERS: Mapping[str, tuple[str, str]] = {
    "two content types": (sent("Content-Type: text/plain\r\nContent-Length: @LENGTH\r\n"), "200"),
    "two encodings": (
        sent("Content-Encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: @LENGTH\r\n"),
        "400 invalid_gzip",
    ),
    "an encoding that is no text": (
        sent("Content-Encoding: \xff\r\nContent-Length: @LENGTH\r\n"),
        "415 unsupported_encoding",
    ),
    "a header without a colon": (sent("Nonsense\r\nContent-Length: @LENGTH\r\n"), "400"),
    "a header with NUL": (sent("X: a\0b\r\nContent-Length: @LENGTH\r\n"), "400"),
    "a header without a name": (sent(": x\r\nContent-Length: @LENGTH\r\n"), "400"),
    "a space before the colon": (sent("Content-Length : @LENGTH\r\n"), "400"),
    "a folded header": (sent("X: a\r\n b\r\nContent-Length: @LENGTH\r\n"), "400"),
    "lines that end in LF alone": (sent().replace("\r\n", "\n"), "400"),
    "a header of 60 kB": (sent(f"X: {'x' * 60_000}\r\nContent-Length: @LENGTH\r\n"), "200"),
    "500 headers": (sent("".join(f"X-{n}: x\r\n" for n in range(500)) + "Content-Length: @LENGTH\r\n"), "200"),
    "a header that is no text": (sent("X: \xff\xfe\r\nContent-Length: @LENGTH\r\n"), "200"),
    "a method that is none": (asked("/api/v1/limits", method="FETCH"), "400"),
    "a method in small letters": (asked("/api/v1/limits", method="get"), "400"),
    "TRACE": (asked("/api/v1/limits", method="TRACE"), "405 method_not_allowed"),
    "CONNECT": (asked("x:443", method="CONNECT"), "400"),
    "OPTIONS *": (asked("*", method="OPTIONS"), "404 not_found"),
    "HTTP/0.9": ("GET /api/v1/limits\r\n", ""),
    "HTTP/1.0": (asked("/api/v1/limits", version="HTTP/1.0"), "200"),
    "HTTP/3.7": (asked("/api/v1/limits", version="HTTP/3.7"), "400"),
    "HTTP/2 by prior knowledge": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"),
    "TLS": ("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "400"),
    "noise": ("\xff\xfe\xfd\r\n\r\n", "400"),
    "upgrade to a socket": (asked("/api/v1/limits", "Connection: Upgrade\r\nUpgrade: websocket\r\n"), "200"),
    "two requests at once": (asked("/api/v1/limits") * 2, "200"),
}
PATHS: Mapping[str, tuple[str, str]] = {
    **paths(
        "404 not_found",
        (
            *(
                "/api/v1/../v1/limits",
                "/api/v1/%2e%2e/v1/limits",
                "/api/v1/limits/",
                "//api/v1/limits",
                "/api//v1/limits",
            ),
            *("/API/V1/limits", "/api/v1/limits%00", "/api/v1/limits%20", "/api/v1/limits;x=1", "/api/v1/limits%3Fx"),
            *(
                "/api/v1/forms/..%2f..%2fetc%2fpasswd",
                "/api/v1/forms/%00",
                "/api/v1/forms/%ff",
                "/api/v1/forms/{form_id}",
            ),
            *("/api/v1/submissions/%C0%AE%C0%AE", "/api/v1/submissions/" + "x" * 8_000, "/.git/config", "/healthz/.."),
        ),
    ),
    "an absolute address": (asked("http://elsewhere/api/v1/limits"), "200"),
    "an address that is no text": (asked("/api/v1/\xff"), "400"),
    "an address with a fragment": (asked("/api/v1/limits#x"), "200"),
    "an address with a space": (asked("/api/v1/limits x"), "400"),
    "no address": ("GET  HTTP/1.1\r\n\r\n", "400"),
}
QUERIES: Mapping[str, tuple[str, str]] = {
    **queries(
        "422 invalid_request",
        (
            *("limit=0", "limit=1001", "limit=-1", "limit=1e3", "limit=", "limit=%31%30x", "limit=" + "9" * 5_000),
            *("cursor=-1", "cursor=9223372036854775808", "cursor=1.5", "cursor=null", "limit=10&limit=x"),
            *("since=yesterday", "since=", "since=0001-01-01T00:00:00%2B14:00", "since=1e999", "since=2026-13-01"),
        ),
    ),
    **queries(
        "200",
        (
            *("limit=10&limit=20", "&&&=&%", "unknown=1", "form_id=", "form_id=%F0%9F%98%80", "form_id='%20OR%201=1--"),
            *("form_id=" + "x" * 8_000, "community=%ED%A0%80", "since=2026-11-21", "cursor=9223372036854775807", "%"),
        ),
    ),
    **queries("404 not_found", ("form_id=%00", "%00=1")),
}
TOKENS: Mapping[str, tuple[str, str]] = {
    **authorized(
        "401 token_missing",
        {
            "none": "",
            "empty": "Authorization: \r\n",
            "no scheme": "Authorization: @TOKEN\r\n",
            "another scheme": "Authorization: Basic @TOKEN\r\n",
            "in quotes": 'Authorization: Bearer "@TOKEN"\r\n',
            "cut": "Authorization: Bearer @CUT\r\n",
            "longer": "Authorization: Bearer @TOKENx\r\n",
            "twice": "Authorization: Bearer @TOKEN, Bearer @TOKEN\r\n",
            "no text": "Authorization: Bearer \xff\xfe\r\n",
            "of 10 kB": f"Authorization: Bearer tgh_{'x' * 10_000}\r\n",
            "in a cookie": "Cookie: token=@TOKEN; Authorization=Bearer @TOKEN\r\n",
            "for a proxy": "Proxy-Authorization: Bearer @TOKEN\r\n",
        },
    ),
    **authorized(
        "200",
        {
            "scheme in capitals": "AUTHORIZATION: BEARER @TOKEN\r\n",
            "behind two spaces": "Authorization: Bearer  @TOKEN\r\n",
            "first of two": "Authorization: Bearer @TOKEN\r\nAuthorization: Bearer x\r\n",
        },
    ),
}
HOSTILE_CONNECTIONS: Mapping[str, tuple[str, str]] = {**LENGTHS, **HEADERS, **PATHS, **QUERIES, **TOKENS}
