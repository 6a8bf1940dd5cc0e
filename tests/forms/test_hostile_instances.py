"""XML that could do harm is refused, whatever its encoding; text that only looks like it is kept."""

import pytest

from app.forms.instances import DEEPEST_ELEMENT, MOST_ELEMENTS, read
from app.problems import InvalidXml, TruncatedXml

ENCODINGS = ["utf-8", "utf-16", "utf-16-le", "utf-16-be"]
DECLARED = '<!DOCTYPE data [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><data id="f" version="1"><q>&b;</q></data>'


def nested(depth: int) -> bytes:
    return b"<data>" + b"<a>" * (depth - 1) + b"1" + b"</a>" * (depth - 1) + b"</data>"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("xml", [DECLARED, "<!-- -->" + DECLARED])
def test_a_document_type_is_refused(xml: str, encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    with pytest.raises(InvalidXml, match="document type"):
        read((mark + xml).encode(encoding))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_words_about_a_document_type_are_an_answer(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    xml = f'{mark}<data id="f" version="1"><q><![CDATA[<!DOCTYPE html>]]></q><r>a<!-- b -->c</r></data>'
    assert read(xml.encode(encoding)).answers() == {"q": "<!DOCTYPE html>", "r": "ac"}


@pytest.mark.parametrize("xml", [b"<!DOCTYPE ", b"<!-- <!D --><data>", b""])
def test_what_was_cut_is_told_apart(xml: bytes) -> None:
    with pytest.raises(TruncatedXml):
        read(xml)


@pytest.mark.parametrize("encoding", ["IBM500", "nothing-known", "utf-7", "shift_jis"])
def test_an_encoding_that_nobody_knows_is_no_crash(encoding: str) -> None:
    for body in ("<data/>", "<data><![CDATA[<!D]]></data>"):
        with pytest.raises(InvalidXml):
            read(f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode())


def test_depth_has_a_bound() -> None:
    assert read(nested(DEEPEST_ELEMENT)).answers()
    for depth in (DEEPEST_ELEMENT + 2, 50_000):
        with pytest.raises(InvalidXml, match="deeper"):
            read(nested(depth))


def test_the_number_of_elements_has_a_bound() -> None:
    assert len(read(b"<data>" + b"<a>1</a>" * 1000 + b"</data>").answers()["a"]) == 1000
    with pytest.raises(InvalidXml, match="more elements"):
        read(b"<data>" + b"<a/>" * (2 * MOST_ELEMENTS) + b"</data>")
