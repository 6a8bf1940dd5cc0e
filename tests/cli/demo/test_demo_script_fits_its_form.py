from collections.abc import Iterable, Iterator

import pytest

from app.cli.demo.rows import AnyRow, Band, Choose, Condition, Join, Number, Percent, Pick, Repeat, Row, Same
from app.cli.demo.script import Script
from app.communities.areas import Areas
from app.forms.questions import Form, Group, Question


def all_rows(rows: Iterable[AnyRow]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Repeat):
            for below in (*row.beginnings, row.answers):
                yield from all_rows(below)
        else:
            yield row


@pytest.fixture
def rows(script: Script) -> list[Row]:
    return [row for section in script.sections for row in all_rows(section.answers)]


@pytest.fixture
def conditions(script: Script, rows: list[Row]) -> list[Condition]:
    shares = [condition for row in rows if isinstance(row, Percent) for condition in row.where]
    return [*shares, *(c for section in script.sections for c in section.when), *(c for row in rows for c in row.when)]


def asked(group: Group) -> Iterator[str]:
    for child in group.children.values():
        if isinstance(child, Group):
            yield from asked(child)
        elif child.type != "note":
            yield child.name


def choices(form: Form, name: str) -> set[str]:
    question = form.find(name)
    assert isinstance(question, Question), name
    return set(form.choices[question.list_name or ""])


def test_it_answers_every_question_and_no_other(rows: list[Row], form: Form) -> None:
    assert {row.question for row in rows} == set(asked(form.root))


def test_it_is_for_the_version_that_is_shipped(script: Script, form: Form) -> None:
    assert (script.form, script.version) == (form.form_id, form.version)


def test_it_chooses_only_what_is_offered(script: Script, rows: list[Row], form: Form) -> None:
    for row in (*rows, *script.corrections.answers):
        if isinstance(row, Choose):
            assert set(row.choose) <= choices(form, row.question), row.question
        if isinstance(row, Pick):
            assert {*row.pick, row.otherwise} <= choices(form, row.question), row.question
        if isinstance(row, Choose | Pick):
            assert set(row.nonresponse or ()) <= choices(form, row.question), row.question


def test_a_select_is_answered_as_its_type_wants(rows: list[Row], form: Form) -> None:
    types = {Choose: "select_one", Pick: "select_multiple", Number: "integer"}
    for row in rows:
        question = form.find(row.question)
        assert question is not None
        assert question.type == types.get(type(row), question.type), row.question


def test_conditions_ask_for_choices_that_exist(conditions: list[Condition], form: Form) -> None:
    for condition in conditions:
        named = (condition.any_of or frozenset()) | condition.none_of
        assert not named or named <= choices(form, condition.question), condition


def test_what_a_row_refers_to_comes_before_it(script: Script) -> None:
    said: set[str] = set()
    for section in script.sections:
        assert {condition.question for condition in section.when} <= said
        for entry in section.answers:
            for row in all_rows([entry]):
                assert {condition.question for condition in row.when} <= said, row
                assert references(row) <= said, row
                said.add(row.question)
            if isinstance(entry, Repeat):
                assert entry.times in said
                said.add(entry.repeat)


def references(row: Row) -> set[str]:
    match row:
        case Same(same=name) | Band(band=name) | Percent(percent=name):
            return {name}
        case Join(join=names):
            return set(names)
        case Number(number=spread) if spread.near:
            return {spread.near}
    return set()


def test_it_leans_only_on_traits_that_it_declares(script: Script, rows: list[Row]) -> None:
    leans = {trait for row in rows if isinstance(row, Choose | Pick | Number) for trait in row.leans}
    means = {trait for community in script.communities.values() for trait in community.traits}
    assert leans == means == set(script.traits)


def test_its_communities_are_in_the_register(script: Script, form: Form, areas: Areas) -> None:
    assert set(script.communities) == choices(form, "community")
    assert all(areas[code].centroid and areas[code].period for code in script.communities)
