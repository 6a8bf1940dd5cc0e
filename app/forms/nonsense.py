"""Comparisons that can never be meant: with a choice that is not in the list, with a text where a number is."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.forms.cells import Cell
from app.forms.expressions.moments import looks_like_date
from app.forms.expressions.syntax import SELF, Call, Expression, Operation, Path, Reference, Text, walk
from app.forms.expressions.values import number_of_text
from app.forms.faults import Fault, did_you_mean, fault_at, quoted
from app.forms.questions import Form, Question
from app.settings import WIB

_ADDING = frozenset({"+", "-", "*", "div", "mod"})
_ORDERING = frozenset({"<", "<=", ">", ">="})
_NUMBERS = frozenset({"integer", "decimal", "range"})
_WITHOUT_CHOICES = _NUMBERS | {
    "date",
    "time",
    "datetime",
    "geopoint",
    "geotrace",
    "geoshape",
    "image",
    "audio",
    "video",
}
_ABOUT_CHOICES = frozenset({"selected", "selected-at", "count-selected"})

Wrong = tuple[str, str]


def faults_of_nonsense(file: str, form: Form, cell: Cell) -> Iterator[Fault]:
    """What evaluates without complaint and is always false or no number at all."""
    judge = _Judge(form, cell)
    for part in walk(cell.written):
        for message, remedy in judge.wrong(part):
            yield fault_at(file, cell.line, cell.column, message, remedy)


@dataclass(frozen=True, slots=True)
class _Judge:
    form: Form
    cell: Cell

    def wrong(self, part: Expression) -> Iterator[Wrong]:
        if isinstance(part, Operation):
            for left, sign, right in zip(part.operands, part.operators, part.operands[1:], strict=False):
                yield from self.wrong_pair(left, sign, right)
                yield from self.wrong_pair(right, sign, left)
        elif isinstance(part, Call) and part.name in _ABOUT_CHOICES and part.arguments:
            yield from self.wrong_call(part)

    def wrong_pair(self, one: Expression, sign: str, other: Expression) -> Iterator[Wrong]:
        """Looks at a literal text in its company."""
        if not isinstance(other, Text) or other.value == "":
            return
        if sign in _ADDING | _ORDERING and not _is_number_or_date(other.value):
            yield (
                f"{other} is no number, so that {quoted(sign)} gives nothing.",
                "Write a number or a date, or compare with =.",
            )
        question = self.question(one)
        if question is None or sign not in ("=", "!="):
            return
        if question.type in _NUMBERS and not _is_number_or_date(other.value):
            yield f"{one} is a number and is compared with the text {other}.", "Compare it with a number."
        if question.type == "select_one":
            yield from self.unknown_choice(question, one, other)

    def wrong_call(self, call: Call) -> Iterator[Wrong]:
        question = self.question(call.arguments[0])
        if question is None:
            return
        if question.type in _WITHOUT_CHOICES:
            yield (
                f"{call.name}() looks for choices, and {call.arguments[0]} is a question of type {question.type}.",
                "Name a select.",
            )
        elif call.name == "selected" and isinstance(call.arguments[1], Text):
            yield from self.unknown_choice(question, call.arguments[0], call.arguments[1])

    def unknown_choice(self, question: Question, named: Expression, choice: Text) -> Iterator[Wrong]:
        offered = self.form.choices.get(question.list_name or "")
        if offered and question.type != "rank" and choice.value.strip() not in offered:
            yield f"{choice} is no choice of {named}.", did_you_mean(choice.value, offered, "Name one that is.")

    def question(self, expression: Expression) -> Question | None:
        """The question that stands for itself as `.` or is named by ${name}."""
        if isinstance(expression, Reference) and not expression.last_saved:
            return self.form.find(expression.name)
        if isinstance(expression, Path) and expression.steps == (SELF,) and self.cell.column == "constraint":
            return self.form.find("/".join(self.cell.path))
        return None


def _is_number_or_date(text: str) -> bool:
    return looks_like_date(text.strip()) or number_of_text(text, WIB) == number_of_text(text, WIB)
