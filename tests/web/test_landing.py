"""The first page says what this is, in both languages, and everything it leads to works without any other server."""

import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from tests.support.server import Server

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src"}


class Page(HTMLParser):
    """The addresses that a page links to, those that it loads, and its text by language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.text = {"id": "", "en": ""}
        self._languages: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag not in ("meta", "link", "br", "img"):
            current = self._languages[-1][1] if self._languages else "id"
            self._languages.append((tag, found.get("lang") or current))
        if tag == "a":
            self.links.append(found.get("href") or "")
        if address := found.get(LOADED.get(tag, "")):
            self.loads.append(address)

    def handle_endtag(self, tag: str) -> None:
        assert self._languages.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self._languages:
            self.text[self._languages[-1][1]] += data


def _opened(client: TestClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


def test_it_says_what_it_is_in_both_languages(server: Server) -> None:
    page = _opened(server.client, "/")
    assert "ketangguhan" in page.text["id"]
    assert "skor per" in page.text["id"]
    assert "community resilience" in page.text["en"]
    assert "scores per community" in page.text["en"]


def test_its_links_exist(server: Server) -> None:
    page = _opened(server.client, "/")
    assert "/docs" in page.links
    for link in page.links:
        assert server.client.get(link).status_code == 200, link


def test_it_may_load_nothing_and_run_nothing(server: Server) -> None:
    assert _opened(server.client, "/").loads == []
    policy = server.client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_documentation_loads_everything_from_here(server: Server) -> None:
    html = server.client.get("/docs").text
    assert not re.search(r"https?://|['\"]//", html)
    loads = Page(html).loads
    assert any(each.endswith(".js") for each in loads)
    for each in (*loads, "/openapi.json"):
        answer = server.client.get(each)
        assert answer.status_code == 200, each
        assert answer.content, each


def test_there_is_no_other_documentation(server: Server) -> None:
    """ReDoc would load a picture from its maker's server."""
    assert server.client.get("/redoc").status_code == 404


def test_style_of_the_documentation_imports_nothing(server: Server) -> None:
    for each in Page(server.client.get("/docs").text).loads:
        if each.endswith(".css"):
            css = server.client.get(each).text
            assert not re.findall(r"@import|url\(\s*['\"]?(?:https?:)?//[^)]*\)", css)


def test_description_names_no_other_server(server: Server) -> None:
    described = server.client.get("/openapi.json").json()
    assert "servers" not in described
    assert described["info"]["title"] == "Tangguh"
    schemes = described["components"]["securitySchemes"]
    assert [scheme["scheme"] for scheme in schemes.values()] == ["bearer"]
