"""Each published version has its XForm, made once: the bytes that are served are those that were hashed."""

import hashlib
from typing import Any

import pytest
from sqlmodel import Session, delete, select

from app.forms.publish_xforms import make_missing_xforms
from app.forms.tables import FormVersion, XForm
from app.forms.xform import compile_xform
from tests.support.server import Server

Json = dict[str, Any]


@pytest.fixture
def published(server: Server, good_form: Json) -> Server:
    server.publish(good_form)
    return server


def stored(server: Server, version: str = "1") -> XForm | None:
    with server.database.read() as session:
        return session.get(XForm, ("household", version))


def forget(server: Server) -> None:
    """As a release left it that knew no XForms."""

    def work(session: Session) -> None:
        session.execute(delete(XForm))

    server.database.write(work)


def test_it_is_made_at_publication(published: Server, good_form: Json) -> None:
    xform = stored(published)
    assert xform is not None
    assert xform.xml == compile_xform(good_form).xml
    assert xform.md5 == hashlib.md5(xform.xml).hexdigest()
    assert stored(published, "2") is None


def test_publishing_again_makes_none(published: Server, good_form: Json) -> None:
    before = stored(published)
    published.publish(good_form)
    assert stored(published) == before


def test_the_file_of_external_choices_goes_with_it(server: Server, good_form: Json) -> None:
    good_form["survey"].insert(3, {"type": "select_one_external rts", "name": "rt", "choice_filter": "1 = 1"})
    good_form["survey"][3]["label"] = "RT"
    good_form["external_choices"] = [{"list_name": "rts", "name": "rt1", "label": "RT 1"}]
    server.publish(good_form)
    xform = stored(server)
    assert xform is not None
    assert b"rt1" in (xform.itemsets or b"")


def test_versions_of_an_earlier_release_get_theirs(published: Server, good_form: Json) -> None:
    before = stored(published)
    forget(published)
    generation = published.database.generation()
    assert make_missing_xforms(published.database) == 1
    assert stored(published) == before
    assert published.database.generation() > generation, "who has looked before hears of it"
    assert make_missing_xforms(published.database) == 0


def test_what_pyxform_refuses_has_none_and_stands_in_nobodys_way(published: Server, good_form: Json) -> None:
    """An earlier pyxform took it: what is published stays published."""
    good_form["settings"]["version"] = "2"
    published.publish(good_form)

    def spoil(session: Session) -> None:
        row = session.exec(select(FormVersion).where(FormVersion.version == "1")).one()
        row.content = row.content.replace(b'"integer"', b'"begin_group"')
        session.add(row)

    published.database.write(spoil)
    forget(published)
    assert make_missing_xforms(published.database) == 1
    assert stored(published, "1") is None
    assert stored(published, "2") is not None
