"""Faults of a document's shape: unknown sheets and columns, and cells that are none."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from app.forms.faults import Fault, closest, did_you_mean, quoted
from app.forms.xlsform import COLUMNS, SHEETS, Fieldwork, FormDocument, read_header

_SHAPES: Mapping[str, str] = {
    "": "A form is an object with the members settings (an object), survey and choices (lists of rows).",
    "settings": "Write the settings as one object: form_id, version and so on.",
    "fieldwork": "Write names of questions in quotation marks, and lists of them in square brackets.",
}
_SHAPE_OF_SHEET = "Write a sheet as a list of rows, and a row as an object from columns to cells."


def faults_of_shape(file: str, document: Any) -> Iterator[Fault]:
    """What XLSForm has no place for. An unknown column is told once, in the first row that uses it."""
    try:
        FormDocument.model_validate(document)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    else:
        return
    columns = Counter((problem["loc"][0], problem["loc"][-2]) for problem in problems if _is_column(problem))
    for problem in problems:
        further = columns.pop((problem["loc"][0], problem["loc"][-2]), 0) - 1 if _is_column(problem) else 0
        if further >= 0:
            yield _fault_of(file, problem, further)


def _is_column(problem: Mapping[str, Any]) -> bool:
    return bool(problem["type"] == "unknown_column")


def _fault_of(file: str, problem: Mapping[str, Any], further: int) -> Fault:
    """`further` counts the rows below with the same unknown column."""
    sheet, *inside = [part for part in problem["loc"] if part != "[key]"] or [""]
    numbers = [part for part in inside if isinstance(part, int)]
    names = [part for part in inside if isinstance(part, str)]
    if sheet == "settings" and names:
        numbers = [0]
    row = numbers[0] + 2 if numbers and sheet != "fieldwork" else None
    column = ".".join(names)
    message, remedy = _sentences(problem, str(sheet), column)
    return Fault(file, str(sheet), row, column, f"{message}{_also_below(further)}", remedy)


def _also_below(further: int) -> str:
    return f" {further} further rows use it." if further > 1 else " A further row uses it." if further else ""


def _sentences(problem: Mapping[str, Any], sheet: str, column: str) -> tuple[str, str]:
    """Message and remedy for a problem that Pydantic found."""
    context = problem.get("ctx", {})
    match problem["type"]:
        case "unknown_column":
            return f"The sheet {sheet} has no column {quoted(column)}.", _suggest_column(sheet, column)
        case "unknown_sheet":
            remedy = 'Remove it, or begin its name with "_" to keep it as a remark.'
            remedy = did_you_mean(sheet, (*SHEETS, "fieldwork"), remedy)
            return f"A form has no sheet {quoted(sheet)}.", remedy
        case "unprintable":
            return (
                f"The text holds the invisible character {context['code']}.",
                "Type the text again without it.",
            )
        case "inexact_number":
            return "A number this large is not kept exactly.", "Write it as text, in quotation marks."
        case "not_a_cell":
            return (
                f"A cell cannot hold a JSON {context['kind']}.",
                "Write text, a number, true, false or null.",
            )
        case "missing":
            return f"The form has no {column or sheet}.", _SHAPES.get(sheet, _SHAPE_OF_SHEET)
        case "extra_forbidden":
            members = f"Its members are {', '.join(Fieldwork.model_fields)}."
            remedy = did_you_mean(column, Fieldwork.model_fields, members)
            return f"fieldwork has no member {quoted(column)}.", remedy
    return f"This is not what belongs here: {problem['msg']}.", _SHAPES.get(sheet, _SHAPE_OF_SHEET)


def _suggest_column(sheet: str, header: str) -> str:
    first, *rest = header.split("::")
    near = closest(first, COLUMNS[sheet])
    doubled = (header.replace(":", "::", 1), header.replace(":", "::"))
    corrected = ("::".join([near, *rest]), near) if near else ()
    for spelling in (*doubled, *corrected):
        if read_header(sheet, spelling):
            return f"Did you mean {quoted(spelling)}? Otherwise remove it."
    if sheet == "survey":
        return "Remove it, or write remarks in the column note."
    return "Remove it." if sheet == "settings" else "Remove it, or use letters, digits, _, - and . only."
