"""${name} in a cell means the path that pyxform writes for it."""

from typing import Any
from xml.dom import minidom

import pytest
from pyxform.xls2xform import convert

from app.forms.expressions.parse import parse
from app.forms.expressions.resolve import Location, resolve
from app.forms.expressions.syntax import Expression, Path


def row(kind: str, name: str, **cells: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": name, **cells}


SURVEY = [
    row("integer", "limit"),
    row("begin_repeat", "house"),
    row("text", "head"),
    row("begin_group", "size"),
    row("integer", "rooms", constraint=". < ${limit} and ${head} != ''"),
    {"type": "end_group"},
    row("begin_repeat", "person"),
    row("integer", "age", relevant="${rooms} > 1 and ${height} = ''"),
    row("integer", "height", constraint=". > ${age}"),
    row("begin_group", "school", relevant="${age} > 5"),
    row("integer", "grade", relevant="${head} = 'x'", calculation="position(..) + count(${person}) + sum(${age})"),
    {"type": "end_group"},
    {"type": "end_repeat"},
    row("calculate", "persons", calculation="count(${person})"),
    row("calculate", "oldest", calculation="max(${age})"),
    row("calculate", "adults", calculation="count(${person}[age > ${limit}]/age)"),
    row("calculate", "named", calculation="instance('titles')/root/item[name = ${head}]/label"),
    row("calculate", "before", calculation="indexed-repeat(${head}, ${house}, ${limit})"),
    row("select_one titles", "title", choice_filter="kind = ${head} and limit = ${limit}"),
    {"type": "end_repeat"},
    row("calculate", "all", calculation="sum(${age}) + count(${house}) + count(${person})"),
    row("calculate", "third", calculation="indexed-repeat(${age}, ${house}, ${limit}, ${person}, ${limit} + 1)"),
    row("calculate", "out", calculation="instance('titles')/root/item[name = ${limit}]/label"),
    row("select_one titles", "top", choice_filter="kind = ${limit}"),
]
CHOICES = [{"list_name": "titles", "name": "a", "label": "A", "kind": "k", "limit": "1"}]
REPEATS = {"house": 1, "person": 2}


def locations() -> dict[str, Location]:
    found: dict[str, Location] = {}
    path: tuple[str, ...] = ()
    for cells in SURVEY:
        kind = cells["type"]
        if kind.startswith("end"):
            path = path[:-1]
            continue
        here = (*path, cells["name"])
        found[cells["name"]] = Location(here, tuple(depth for name, depth in REPEATS.items() if name in path))
        path = here if kind.startswith("begin") else path
    return found


@pytest.fixture(scope="module")
def xform() -> minidom.Document:
    workbook = {"settings": [{"form_id": "f", "version": "1"}], "survey": SURVEY, "choices": CHOICES}
    return minidom.parseString(convert(workbook).xform)


CELLS = [
    (cells["name"], column, attribute)
    for cells in SURVEY
    for column, attribute in (("relevant", "relevant"), ("constraint", "constraint"), ("calculation", "calculate"))
    if column in cells
]


def resolved(name: str, text: str, *, from_choice: bool = False) -> Expression:
    found = locations()
    return resolve(parse(text), found[name], found, "data", from_choice=from_choice)


@pytest.mark.parametrize(("name", "column", "attribute"), CELLS)
def test_references_are_the_paths_of_pyxform(xform: minidom.Document, name: str, column: str, attribute: str) -> None:
    nodeset = "/".join(("", "data", *locations()[name].path))
    binds = {bind.getAttribute("nodeset"): bind for bind in xform.getElementsByTagName("bind")}
    text = next(cells[column] for cells in SURVEY if cells.get("name") == name)
    assert resolved(name, text) == parse(binds[nodeset].getAttribute(attribute))


@pytest.mark.parametrize("name", ["title", "top"])
def test_choice_filters_look_from_the_choice(xform: minidom.Document, name: str) -> None:
    select = next(
        node for node in xform.getElementsByTagName("select1") if node.getAttribute("ref").endswith(f"/{name}")
    )
    (itemset,) = select.getElementsByTagName("itemset")
    path = parse(itemset.getAttribute("nodeset"))
    assert isinstance(path, Path)
    text = next(cells["choice_filter"] for cells in SURVEY if cells.get("name") == name)
    assert (resolved(name, text, from_choice=True),) == path.steps[-1].predicates


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("jr:choice-name(${top}, '${top}')", "jr:choice-name(/data/top, '/data/top')"),
        ("${last-saved#limit} + ${none}", "${last-saved#limit} + ${none}"),
        ("'${limit}'", "'${limit}'"),
        ("${house}[2]/head", "/data/house[2]/head"),
        ("-${limit} | ${head}", "-(/data/limit | /data/house/head)"),
        ("(${limit} | ${head})[${limit}]", "(/data/limit | /data/house/head)[/data/limit]"),
        ("head/size[${limit}]", "head/size[/data/limit]"),
    ],
)
def test_references_in_other_places(text: str, meant: str) -> None:
    assert resolved("all", text) == parse(meant)
