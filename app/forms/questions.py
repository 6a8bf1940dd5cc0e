"""What a published form means: its questions, groups, choices and languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.forms.outline import Node, read_outline
from app.forms.question_types import CALCULATED
from app.forms.sheets import Line, Sheets, read_sheets
from app.forms.xlsform import Fieldwork

Choices = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Question:
    """One node of an interview that holds a value.

    `path` is the names of the enclosing groups and repeats, then the question's own. `calculated` means that no person
    answers it. `row` is the row of the spreadsheet, whose header is row 1; what pyxform adds has the row that it
    belongs to.
    """

    name: str
    path: tuple[str, ...]
    type: str
    list_name: str | None
    or_other: bool
    calculated: bool
    labels: Mapping[str, str]
    row: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group, or with `repeat` a repeat, and its children in order. The root's path is empty."""

    name: str
    path: tuple[str, ...]
    repeat: bool
    labels: Mapping[str, str]
    children: Mapping[str, "Group | Question"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form as the other rooms see it. `choices` has labels by language, by choice name, by list name.

    The tree has no `meta`, where XForms keep what tells interviews apart: instanceID, instanceName, audit.
    """

    form_id: str
    version: str
    title: str
    default_language: str
    languages: tuple[str, ...]
    root: Group
    choices: Choices
    fieldwork: Fieldwork
    _places: Mapping[str, Question] = field(repr=False, compare=False)

    def find(self, name: str) -> Question | None:
        """The question at "group/name", or of this bare name: the first outside of repeats, else inside."""
        return self._places.get(name)


def compile_form(document: Mapping[str, Any]) -> Form:
    """Reads a form document that has passed `check.check`."""
    sheets = read_sheets(document)
    settings = sheets.settings
    survey = read_outline(sheets.rows["survey"]).root
    choices = _choices(sheets, survey)
    root = _Compilation(sheets, choices).root(survey)
    return Form(
        form_id=settings.text("form_id"),
        version=settings.text("version"),
        title=settings.text("form_title") or settings.text("form_id"),
        default_language=sheets.languages()[0],
        languages=sheets.languages(),
        root=root,
        choices=choices,
        fieldwork=Fieldwork.model_validate(document.get("fieldwork") or {}),
        _places=_places(root),
    )


class _Compilation:
    """Turns rows into questions and groups, and adds what pyxform adds to every interview."""

    def __init__(self, sheets: Sheets, choices: Choices) -> None:
        self.sheets = sheets
        self.choices = choices

    def root(self, survey: Node) -> Group:
        name = self.sheets.settings.text("name") or "data"
        return Group(name, (), False, {}, self.children(survey, ()))

    def children(self, parent: Node, path: tuple[str, ...]) -> dict[str, Group | Question]:
        return {item.name: item for node in parent.children for item in self.items(node, path)}

    def items(self, node: Node, path: tuple[str, ...]) -> Iterator[Group | Question]:
        if not node.is_question:
            if _needs_count(node.line):
                yield _added((*path, f"{node.name}_count"), "calculate", node.line.row)
            yield self.group(node, (*path, node.name))
        elif node.holds_answer:
            question = self.question(node, (*path, node.name))
            yield question
            if question.or_other:
                yield self.specify_other(question)

    def group(self, node: Node, path: tuple[str, ...]) -> Group:
        children = self.turns(node, path) if node.type.control == "loop" else self.children(node, path)
        return Group(node.name, path, node.type.control == "repeat", self.labels(node.line), children)

    def turns(self, loop: Node, path: tuple[str, ...]) -> dict[str, Group | Question]:
        """A loop holds one group for each choice but "none", and each group all the questions."""
        groups: dict[str, Group | Question] = {}
        for name, labels in self.choices.get(loop.type.list_name or "", {}).items():
            if name != "none":
                below = (*path, name)
                groups[name] = Group(name, below, False, labels, self.children(loop, below))
        return groups

    def question(self, node: Node, path: tuple[str, ...]) -> Question:
        return Question(
            name=node.name,
            path=path,
            type=node.type.base,
            list_name=node.type.list_name,
            or_other=node.type.or_other,
            calculated=node.type.base in CALCULATED,
            labels=self.labels(node.line),
            row=node.line.row,
        )

    def specify_other(self, question: Question) -> Question:
        path = (*question.path[:-1], f"{question.name}_other")
        labels = dict.fromkeys(self.sheets.languages(), "Specify other.")
        return replace(_added(path, "text", question.row), labels=labels)

    def labels(self, line: Line) -> dict[str, str]:
        return line.texts("label", self.sheets.plain_language)


def _added(path: tuple[str, ...], base: str, row: int) -> Question:
    """A question that pyxform adds."""
    return Question(path[-1], path, base, None, False, base in CALCULATED, {}, row)


def _needs_count(line: Line) -> bool:
    """Whether pyxform keeps the number of repeats in a node of its own: for all but a bare reference."""
    count = line.text("repeat_count")
    return bool(count) and not (count.startswith("${") and count.endswith("}") and count.count("${") == 1)


def _choices(sheets: Sheets, survey: Node) -> Choices:
    plain = sheets.plain_language
    choices = {
        list_name: {line.text("name"): line.texts("label", plain) for line in lines}
        for sheet in ("external_choices", "choices")
        for list_name, lines in sheets.lists[sheet].items()
    }
    for node in survey.walk():
        if node.type.or_other and node.type.list_name in choices:
            choices[node.type.list_name].setdefault("other", dict.fromkeys(sheets.languages(), "Other"))
    return choices


def _places(root: Group) -> dict[str, Question]:
    """Questions by path and by bare name."""
    found = sorted(_questions(root, False), key=lambda item: item[1])
    places = {"/".join(question.path): question for question, _ in found}
    for question, _ in found:
        places.setdefault(question.name, question)
    return places


def _questions(group: Group, repeated: bool) -> Iterator[tuple[Question, bool]]:
    for child in group.children.values():
        if isinstance(child, Group):
            yield from _questions(child, repeated or child.repeat)
        else:
            yield child, repeated
