"""docs/expressions.md says how many expressions of pyxform's example forms compile, and names those that do not."""

import re
from pathlib import Path

import pytest

from app.forms.expressions.check import check_expression
from tests.forms.conftest import REPOSITORY, SAMPLES
from tests.support.foreign_forms import Reading, read_archive, read_form

PAGE = (REPOSITORY / "docs" / "expressions.md").read_text()


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    archives = sorted(SAMPLES.glob("pyxform-*.tar.gz"))
    if not archives:
        pytest.skip(f"no pyxform-*.tar.gz in {SAMPLES}: see requirements-samples.txt")
    return read_archive(archives[0])


def test_the_page_has_the_numbers(readings: list[Reading]) -> None:
    expressions = sum(reading.expressions for reading in readings)
    failed = sum(len(reading.failed) for reading in readings)
    assert re.search(rf"\| pyxform [^|]*\| {len(readings)} \| {expressions} \| {failed} \|", PAGE)


def test_the_page_names_what_failed(readings: list[Reading]) -> None:
    failed = {(reading.file, text) for reading in readings for text, _ in reading.failed}
    rows = re.findall(r"^\| pyxform \| `([^`]+)`[^|]* \| `([^`]+)` \| \w.* \|$", PAGE, re.MULTILINE)
    assert set(rows) == failed


def test_the_page_names_what_could_not_be_read(readings: list[Reading]) -> None:
    assert [reading.file for reading in readings if reading.refused] == ["duplicate_columns.xlsx"]
    assert "`duplicate_columns.xlsx`, is refused" in PAGE


def test_all_parts_of_an_xform_are_read(tmp_path: Path) -> None:
    xform = tmp_path / "form.xml"
    xform.write_text("""
        <h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
          <bind nodeset="/d/a" relevant="a(" constraint="b(" calculate="c(" required="d(" readonly="e(" type="int"/>
          <setvalue value="f("/><itemset nodeset="g("/><output value="h("/><repeat jr:count="i("/>
        </h:html>""")
    reading = read_form(xform)
    assert reading is not None
    assert {text for text, _ in reading.failed} == {f"{letter}(" for letter in "abcdefghi"}
    assert reading.expressions == 9


def test_what_failed_elsewhere_still_fails() -> None:
    assert check_expression("concat('version: ', version())")
