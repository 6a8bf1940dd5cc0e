"""Faults of how a form is built: types, names, groups and lists of choices."""

from collections.abc import Iterator, Sequence

from app.forms.faults import Fault, did_you_mean, fault_at, quoted
from app.forms.outline import Node, Outline
from app.forms.question_types import suggest_type
from app.forms.sheets import Line, Sheets, says_yes
from app.forms.xlsform import is_xml_name

_NAME_RULE = "Begin with a letter or _, and go on with letters, digits, _, - or . only."
_ENDS = {"group": "end_group", "repeat": "end_repeat", "loop": "end loop"}


def faults_of_rows(file: str, outline: Outline) -> Iterator[Fault]:
    """Unknown types, groups that do not begin or end, names that are missing, malformed, or used twice."""
    for line in outline.unknown:
        yield from _fault_of_type(file, line)
    for node in outline.never_ended:
        control = node.type.control
        message = f"The {control} {quoted(node.name)} is never ended."
        yield fault_at(file, node.line, "type", message, f"Add a row of type {_ENDS[control]} after its last question.")
    for line in outline.never_begun:
        message = f"{quoted(line.text('type'))} ends nothing that was begun."
        yield fault_at(file, line, "type", message, "Remove this row, or add the row that begins it further up.")
    for node in outline.root.walk():
        yield from _faults_of_name(file, node)
    for node in (outline.root, *outline.root.walk()):
        yield from _repeated_names(file, node)


def _fault_of_type(file: str, line: Line) -> Iterator[Fault]:
    written = line.text("type")
    if written:
        message = f"There is no question type {quoted(written)}."
        yield fault_at(file, line, "type", message, suggest_type(written))
    elif line.text("name") or line.texts("label", ""):
        yield fault_at(file, line, "type", "This row has no type.", "Write what it is, such as text, integer or note.")


def _faults_of_name(file: str, node: Node) -> Iterator[Fault]:
    name = node.name
    if not name:
        kind = "question" if node.is_question else node.type.control
        yield fault_at(file, node.line, "name", f"This {kind} has no name.", f"Give it one. {_NAME_RULE}")
    elif name == "meta":
        remedy = "Choose another name: every form has a part called meta."
        yield fault_at(file, node.line, "name", "The name meta is taken.", remedy)
    elif not is_xml_name(name):
        yield fault_at(file, node.line, "name", f"{quoted(name)} cannot be a name.", _NAME_RULE)


def _repeated_names(file: str, parent: Node) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for node in parent.children:
        if node.name and first.setdefault(node.name, node.line.row) != node.line.row:
            where = "in the same group" if parent.parent else "on the same level"
            message = f"The name {quoted(node.name)} is used before, in row {first[node.name]}, {where}."
            yield fault_at(file, node.line, "name", message, "Give one of the two another name.")


def faults_of_choices(file: str, sheets: Sheets, outline: Outline) -> Iterator[Fault]:
    """Lists that do not exist, and choices that are incomplete, repeated, or unfit for select_multiple."""
    for sheet in ("choices", "external_choices"):
        for line in sheets.rows[sheet]:
            yield from _faults_of_choice(file, line)
    yield from _missing_lists(file, sheets, outline)
    if not says_yes(sheets.settings.text("allow_choice_duplicates")):
        for lines in sheets.lists["choices"].values():
            yield from _repeated_choices(file, lines)
    multiple = {node.type.list_name for node in outline.root.walk() if node.type.base == "select_multiple"}
    for list_name, lines in sheets.lists["choices"].items():
        for line in lines if list_name in multiple else ():
            yield from _choice_with_space(file, line)


def _faults_of_choice(file: str, line: Line) -> Iterator[Fault]:
    list_name, name = line.text("list_name"), line.text("name")
    if name and not list_name:
        remedy = "Write the name of its list, as in select_one list_name."
        yield fault_at(file, line, "list_name", f"The choice {quoted(name)} belongs to no list.", remedy)
    elif list_name and not name:
        message = f"This choice of the list {quoted(list_name)} has no name."
        yield fault_at(file, line, "name", message, "Write the value that an interview keeps for it.")


def _missing_lists(file: str, sheets: Sheets, outline: Outline) -> Iterator[Fault]:
    for node in outline.root.walk():
        list_name, sheet = (
            node.type.list_name,
            "choices" if node.type.control == "loop" else node.type.choices_in,
        )
        if list_name and sheet in sheets.lists and list_name not in sheets.lists[sheet]:
            message = f"The list {quoted(list_name)} is not on the sheet {sheet}."
            remedy = did_you_mean(list_name, sheets.lists[sheet], f"Add its choices to the sheet {sheet}.")
            yield fault_at(file, node.line, "type", message, remedy)


def _repeated_choices(file: str, lines: Sequence[Line]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for line in lines:
        name = line.text("name")
        if name and first.setdefault(name, line.row) != line.row:
            message = f"The choice {quoted(name)} is in this list before, in row {first[name]}."
            remedy = "Rename or remove one; or, for cascades, set allow_choice_duplicates to yes in the settings."
            yield fault_at(file, line, "name", message, remedy)


def _choice_with_space(file: str, line: Line) -> Iterator[Fault]:
    name = line.text("name")
    if any(character.isspace() for character in name):
        message = f"The choice {quoted(name)} has a space, and its list is used by a select_multiple."
        remedy = "Write _ for the space: answers to a select_multiple are kept with spaces between them."
        yield fault_at(file, line, "name", message, remedy)
