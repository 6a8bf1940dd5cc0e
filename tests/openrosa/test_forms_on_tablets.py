"""The forms on a tablet become those of the server: each once, whole, and none is lost over a server's trouble."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, delete

from app.access.policy import Role
from app.cli.documents import Document, publish
from app.forms.tables import XForm
from app.problems import Unavailable
from app.settings import Settings
from tests.openrosa.collect import Collect, ServerTrouble
from tests.openrosa.wire import Wire
from tests.submissions.household import FORM
from tests.support.server import Server
from tests.support.village import version_of

TABLE = b"name,label\nrt1,RT 1\nrt2,RT 2\n"
WITH_FILE: dict[str, Any] = {
    "settings": {"form_id": "blocks", "form_title": "Blok <A> & B", "version": "2026/1 a"},
    "survey": [{"type": "select_one_from_file rt.csv", "name": "rt", "label": "RT"}],
}


def publish_with_file(server: Server, folder: Path, form: dict[str, Any]) -> None:
    (folder / "rt.csv").write_bytes(TABLE)
    document = Document(str(folder / "form.json"), "form", form)
    server.database.write(lambda session: publish(session, [document]))


@pytest.fixture
def with_files(fieldwork: Server, tmp_path: Path) -> Server:
    publish_with_file(fieldwork, tmp_path, WITH_FILE)
    return fieldwork


def test_everything_is_loaded_once(with_files: Server, collect: Collect) -> None:
    assert sorted(collect.synchronise()) == ["blocks", "household"]
    assert collect.forms["blocks"].media == {"rt.csv": TABLE}
    assert b"RT" in collect.forms["blocks"].xml
    before = len(collect.wire.asked)
    assert collect.synchronise() == []
    assert {status for *_, status in collect.wire.asked[before:]} == {304}


def test_names_and_versions_travel_unharmed(with_files: Server, collect: Collect) -> None:
    blocks = next(form for form in collect.form_list() if form.form_id == "blocks")
    assert (blocks.name, blocks.version) == ("Blok <A> & B", "2026/1 a")


def test_only_forms_with_files_have_a_manifest(with_files: Server, collect: Collect) -> None:
    assert [(form.form_id, form.manifest_url is not None) for form in collect.form_list()] == [
        ("household", False),
        ("blocks", True),
    ]


def test_a_new_version_comes_in_place_of_the_old_one(fieldwork: Server, collect: Collect) -> None:
    collect.synchronise()
    fieldwork.publish(version_of(FORM, "2"))
    assert collect.synchronise() == ["household"]
    assert collect.forms["household"].version == "2"
    old = collect.wire.get(f"{collect.server_url}/forms/household/1.xml")
    assert old.status == 200
    assert old.content != collect.forms["household"].xml


def test_the_hash_is_that_of_the_bytes(with_files: Server, collect: Collect) -> None:
    for form in collect.form_list():
        assert hashlib.md5(collect.wire.get(form.download_url).content).hexdigest() == form.hash


def test_one_file_of_two_forms_is_loaded_once(with_files: Server, collect: Collect, tmp_path: Path) -> None:
    publish_with_file(with_files, tmp_path, {**WITH_FILE, "settings": {**WITH_FILE["settings"], "form_id": "other"}})
    urls = [
        file.download_url
        for form in collect.form_list()
        if form.manifest_url
        for file in collect.manifest(form.manifest_url) or ()
    ]
    assert len(urls) == 2
    assert len(set(urls)) == 1


def test_choices_of_select_one_external_go_with_the_form(fieldwork: Server, collect: Collect) -> None:
    fieldwork.publish(
        {
            "settings": {"form_id": "external", "form_title": "External", "version": "1"},
            "survey": [
                {"type": "select_one_external rts", "name": "rt", "label": "RT", "choice_filter": "1 = 1"},
            ],
            "external_choices": [{"list_name": "rts", "name": "rt1", "label": "RT 1"}],
        }
    )
    collect.synchronise()
    assert b"rt1" in collect.forms["external"].media["itemsets.csv"]


def test_addresses_are_those_that_the_tablet_knows(settings: Settings, fieldwork: Server, collect: Collect) -> None:
    """A proxy that speaks TLS is known by the public address; in the local network the laptop has another one."""
    public = settings.model_copy(update={"public_url": "https://survei.example.id/"})
    fieldwork.app.state.settings = public
    for host, begin in {
        "survei.example.id": "https://survei.example.id/",
        "192.168.1.5": "http://192.168.1.5/",
    }.items():
        address = collect.server_url.replace("testserver", host)
        (form,) = Collect(address, Wire(collect.wire.client)).form_list()
        assert form.download_url == f"{begin}openrosa/{address.rpartition('/')[2]}/forms/household/1.xml"


def test_the_filter_of_other_clients(with_files: Server, collect: Collect) -> None:
    found = collect.wire.get(f"{collect.server_url}/formList?formID=blocks")
    assert found.content.count(b"<xform>") == 1


def test_a_version_that_tablets_cannot_read_leaves_them_the_one_before(fieldwork: Server, collect: Collect) -> None:
    collect.synchronise()
    fieldwork.publish(version_of(FORM, "2"))
    _without_xform(fieldwork, "2")
    assert collect.synchronise() == []
    assert collect.forms["household"].version == "1"


def test_a_server_in_trouble_deletes_no_form(
    with_files: Server, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect.synchronise()
    had = dict(collect.forms)

    def fail(*_: object) -> None:
        raise Unavailable

    with_files.enrol()
    monkeypatch.setattr(type(with_files.app.state.tablet_forms), "_files", fail)
    with pytest.raises(ServerTrouble, match="503"):
        collect.synchronise()
    assert collect.forms == had


def test_what_is_known_is_told_without_the_database(with_files: Server, collect: Collect) -> None:
    collect.synchronise()
    questions: list[str] = []

    def note(*arguments: Any) -> None:
        questions.append(arguments[2])

    event.listen(with_files.database.engine, "before_cursor_execute", note)
    assert collect.synchronise() == []
    event.remove(with_files.database.engine, "before_cursor_execute", note)
    assert questions == []


@pytest.mark.parametrize(
    "path",
    [
        "/forms/household/9.xml",
        "/forms/nothing/1.xml",
        "/manifest/nothing/1",
        f"/media/{'0' * 64}/rt.csv",
        "/media/x/y",
    ],
)
def test_what_is_not_there_is_404(fieldwork: Server, collect: Collect, path: str) -> None:
    assert collect.wire.get(f"{collect.server_url}{path}").status == 404


def test_nobody_else_sees_forms(fieldwork: Server, collect: Collect) -> None:
    for role, status in {Role.COORDINATOR: 403, Role.ANALYST: 403, Role.ADMIN: 200, Role.ENUMERATOR: 200}.items():
        caller = fieldwork.enrol(role)
        got = Wire(caller.client).get(f"http://testserver/openrosa/{caller.token}/formList")
        assert got.status == status
        assert got.is_openrosa


def _without_xform(server: Server, version: str) -> None:
    def work(session: Session) -> None:
        session.execute(delete(XForm).where(XForm.version == version))  # type: ignore[arg-type]

    server.database.write(work)
    server.enrol()
