"""Questionnaires on their way out: what is listed, which bytes are served, and when a tablet need not load them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, event

from app.forms.document import lay_out
from tests.support.commands import call_elsewhere, environment, seconds_until
from tests.support.server import Caller, Server
from tests.support.village import FORM, version_of

AGAIN = version_of(FORM, "2")


@pytest.fixture
def tablet(server: Server) -> Caller:
    """A tablet of a programme that has published two versions of its form."""
    server.publish(FORM)
    server.publish(AGAIN)
    return server.enrol()


def test_listing_tells_what_a_tablet_needs(tablet: Caller) -> None:
    listed = tablet.get("/forms").json()
    assert [(each["form_id"], each["version"]) for each in listed] == [("household", "1"), ("household", "2")]
    for each in listed:
        assert set(each) == {"form_id", "version", "title", "sha256", "languages", "published_at", "url"}
        assert (each["title"], each["languages"]) == ("Household", ["English (en)"])
        assert tablet.client.get(each["url"], headers=tablet.headers).status_code == 200


def test_hash_of_the_listing_is_the_hash_of_the_bytes(tablet: Caller) -> None:
    for each in tablet.get("/forms").json():
        served = tablet.client.get(each["url"], headers=tablet.headers)
        assert hashlib.sha256(served.content).hexdigest() == each["sha256"]


def test_form_is_served_as_it_was_published(tablet: Caller) -> None:
    assert tablet.get("/forms/household/versions/1").json() == FORM
    assert tablet.get("/forms/household/versions/2").json() == AGAIN


def test_latest_is_the_version_published_last(server: Server, tablet: Caller) -> None:
    assert tablet.get("/forms/household").json()["settings"]["version"] == "2"
    server.publish(version_of(FORM, "0.9"))
    assert tablet.get("/forms/household").json()["settings"]["version"] == "0.9"
    assert tablet.get("/forms/household/versions/1").json() == FORM


def test_odd_version_is_found_at_its_url(server: Server, tablet: Caller) -> None:
    server.publish(version_of(FORM, "2026/1 é?#%"))
    url = tablet.get("/forms").json()[-1]["url"]
    assert tablet.client.get(url, headers=tablet.headers).json()["settings"]["version"] == "2026/1 é?#%"


def test_what_is_not_published_is_not_found(tablet: Caller) -> None:
    for path in ("/forms/other", "/forms/other/versions/1", "/forms/household/versions/3"):
        answer = tablet.get(path)
        assert (answer.status_code, answer.json()["slug"]) == (404, "not_found")


PATHS = ["/forms", "/forms/household", "/forms/household/versions/1"]


def test_unchanged_is_told_without_a_body(tablet: Caller) -> None:
    for path in PATHS:
        first = tablet.get(path)
        etag = first.headers["etag"]
        assert etag == f'"{hashlib.sha256(first.content).hexdigest()}"', "strong: no W/"
        for known in (etag, f"W/{etag}", f'"other", {etag}', f'W/"other",{etag}', "*"):
            again = tablet.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
            assert again.headers["cache-control"] == first.headers["cache-control"]
        for other in ('"other"', etag.strip('"'), etag[:-2] + '"', ""):
            assert tablet.get(path, headers={"If-None-Match": other}).status_code == 200


def test_caches_are_private_and_ask_again_unless_nothing_can_change(tablet: Caller) -> None:
    caching = [tablet.get(path).headers["cache-control"] for path in PATHS]
    assert caching == ["private, no-cache", "private, no-cache", "private, max-age=31536000, immutable"]
    assert tablet.get("/forms/other").headers["cache-control"] == "no-store"


def test_listing_changes_its_tag_with_each_publication(server: Server, tablet: Caller) -> None:
    etag = tablet.get("/forms").headers["etag"]
    server.publish(FORM)
    assert tablet.get("/forms", headers={"If-None-Match": etag}).status_code == 304
    server.publish(version_of(FORM, "3"))
    assert tablet.get("/forms", headers={"If-None-Match": etag}).status_code == 200


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def _statements_to_serve(tablet: Caller) -> list[str]:
    with _statements() as seen:
        for path in PATHS:
            assert tablet.get(path).status_code == 200
    return seen


def test_once_warm_serving_executes_no_sql(tablet: Caller) -> None:
    assert _statements_to_serve(tablet), "the first time, there is something to load"
    seconds_until(lambda: not _statements_to_serve(tablet))
    for _ in range(20):
        assert _statements_to_serve(tablet) == []


def test_publication_by_another_process_is_served_at_once(server: Server, tablet: Caller, tmp_path: Path) -> None:
    assert tablet.get("/forms/household").json() == AGAIN
    third = version_of(FORM, "3")
    (tmp_path / "form.json").write_text(lay_out(third))
    done = call_elsewhere(environment(server.app.state.settings), "publish", "--json", tmp_path / "form.json")
    assert (done.code, done.err) == (0, "")
    assert done.json["published"] == [{"kind": "form", "name": "household 3", "new": True}]
    assert seconds_until(lambda: tablet.get("/forms/household").json() == third) < 1
    assert orjson.loads(tablet.get("/forms").content)[-1]["version"] == "3"
