"""A tablet is set up by one scan: the code says where to send, as whom, and holds nothing else."""

import json
import zlib
from base64 import b64decode
from io import BytesIO
from typing import Any

import pytest
import segno

from app.access.collect import code_of, settings_of
from app.access.policy import Role
from app.settings import Settings
from tests.support.server import Server


def as_collect_reads(text: str) -> Any:
    """Base64 without line breaks, of zlib's deflate with its header: CompressionUtils of Collect."""
    assert not set(text) & set("\r\n ")
    return json.loads(zlib.decompress(b64decode(text, validate=True)))


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What QR codes are made of."""
    made: list[str] = []
    make = segno.make_qr

    def note(content: str, **options: Any) -> segno.QRCode:
        made.append(content)
        return make(content, **options)

    monkeypatch.setattr(segno, "make_qr", note)
    return made


def test_collect_finds_the_members_that_it_needs(texts: list[str]) -> None:
    code_of(settings_of("https://survei.example.id/", "Ibu Ratna", "tgh_secret"))
    assert as_collect_reads(texts[0]) == {
        "general": {
            "server_url": "https://survei.example.id/openrosa/tgh_secret",
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "project": {"name": "Tangguh Ibu Ratna"},
        "admin": {},
    }


@pytest.mark.parametrize(("kind", "begin"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_tablet_gets_its_own_code(server: Server, texts: list[str], kind: str, begin: bytes) -> None:
    tablet = server.enrol(Role.ENUMERATOR, name="tablet 7")
    answer = tablet.get(f"/collect-settings.{kind}")
    assert answer.content.startswith(begin)
    assert answer.headers["cache-control"] == "no-store"
    settings = as_collect_reads(texts[0])
    assert settings["general"]["server_url"] == f"http://testserver/openrosa/{tablet.token}"
    expected = BytesIO()
    code_of(settings).save(expected, kind=kind, scale=6, light="white")
    assert answer.content == expected.getvalue()
    assert (tablet.token or "").encode() not in answer.content


def test_a_code_can_be_read_on_a_dark_page(server: Server) -> None:
    answer = server.enrol(Role.ENUMERATOR).get("/collect-settings.svg")
    assert b'fill="#fff"' in answer.content or b'fill="white"' in answer.content


def test_the_public_address_is_used_where_there_is_one(server: Server, texts: list[str]) -> None:
    chosen = {**server.app.state.settings.model_dump(), "public_url": "https://survei.example.id"}
    server.app.state.settings = Settings(**chosen)
    server.enrol(Role.ADMIN).get("/collect-settings.svg")
    assert as_collect_reads(texts[0])["general"]["server_url"].startswith("https://survei.example.id/openrosa/tgh_")
