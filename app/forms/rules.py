"""What a form asks of the answers at one place: conditions, calculations and filters, ready to be evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.forms.cells import Path, Places, rows_by_path
from app.forms.choice_lists import Items, Lists
from app.forms.expressions.compile import Compiled, compile_expression
from app.forms.expressions.functions import VOLATILE
from app.forms.expressions.syntax import Call, functions_used
from app.forms.expressions.tokens import SyntaxFault
from app.forms.flags import words
from app.forms.outline import Node
from app.forms.question_types import CALCULATED
from app.forms.questions import Form
from app.forms.sheets import Sheets, says_yes

_SAYS_NO = frozenset({"no", "No", "NO", "false", "False", "FALSE", "false()"})
_CHANCE = frozenset({"random", "uuid", "randomize"})


@dataclass(frozen=True, slots=True)
class Rules:
    """Each member is None where the form says nothing, or nothing that can be evaluated again.

    `calculation` gives the text that the tablet keeps, all others are conditions; messages are by language
    code. `choices` has the items of the question's list by name: its choice_filter is evaluated at them; `file` is
    where they come from, if it is not the form itself.
    """

    relevant: Compiled | None = None
    required: Compiled | None = None
    required_message: Mapping[str, str] = field(default_factory=dict)
    constraint: Compiled | None = None
    constraint_message: Mapping[str, str] = field(default_factory=dict)
    calculation: Compiled | None = None
    choice_filter: Compiled | None = None
    choices: Items = field(default_factory=dict)
    file: str = ""

    def says_something(self) -> bool:
        conditions = (self.relevant, self.required, self.constraint, self.calculation, self.choice_filter)
        return bool(self.file) or any(condition is not None for condition in conditions)


def compile_rules(form: Form, sheets: Sheets, lists: Lists) -> dict[Path, Rules]:
    """The rules of a form version by path; places without any are left out."""
    reader = _Reader(form, sheets, lists)
    rows = rows_by_path(sheets).items()
    found = {path: reader.rules(row, path) for path, row in rows if path in reader.places.locations}
    return {path: each for path, each in found.items() if each.says_something()}


class _Reader:
    """Reads the cells of rows as expressions at their place."""

    def __init__(self, form: Form, sheets: Sheets, lists: Lists) -> None:
        self.places = Places(form)
        self.plain_language = sheets.plain_language
        self.lists = lists
        self.anywhere: dict[tuple[str, bool], Compiled | None] = {}

    def rules(self, row: Node, path: Path) -> Rules:
        line = row.line
        asked = row.is_question and row.type.base not in CALCULATED
        from_file = row.type.choices_in == "file"
        looked_up = from_file or bool(line.text("choice_filter"))
        choices = self.lists.items_of(row.type, line.text("parameters")) if looked_up else {}
        return Rules(
            relevant=self.condition(line.text("relevant"), path),
            required=self.condition(line.text("required"), path) if asked else None,
            required_message=words(line.texts("required_message", self.plain_language)),
            constraint=self.condition(line.text("constraint"), path) if asked else None,
            constraint_message=words(line.texts("constraint_message", self.plain_language)),
            calculation=None if line.text("trigger") else self.calculation(line.text("calculation"), path),
            choice_filter=self.filter(line.text("choice_filter"), path) if choices else None,
            choices=choices,
            file=row.type.list_name or "" if from_file and choices else "",
        )

    def condition(self, text: str, path: Path) -> Compiled | None:
        if says_yes(text):
            return self.compiled("true()", path)
        if text in _SAYS_NO:
            return self.compiled("false()", path)
        return self.compiled(text, path, without=_CHANCE)

    def filter(self, text: str, path: Path) -> Compiled | None:
        return self.compiled(text, path, without=_CHANCE, from_choice=True)

    def calculation(self, text: str, path: Path) -> Compiled | None:
        return self.compiled(text, path, without=VOLATILE, as_text=True)

    def compiled(
        self,
        text: str,
        path: Path,
        *,
        without: frozenset[str] = frozenset(),
        from_choice: bool = False,
        as_text: bool = False,
    ) -> Compiled | None:
        """What names no question means the same at every place, and is often repeated: it is read once a form."""
        if "${" in text:
            return self.read(text, path, without, from_choice, as_text)
        if (text, as_text) not in self.anywhere:
            self.anywhere[text, as_text] = self.read(text, path, without, from_choice, as_text)
        return self.anywhere[text, as_text]

    def read(self, text: str, path: Path, without: frozenset[str], from_choice: bool, as_text: bool) -> Compiled | None:
        """None also for what is no expression: it was published before it was found out, and says nothing."""
        try:
            written, resolved = self.places.read(text, path, from_choice=from_choice)
        except SyntaxFault:
            return None
        if not without.isdisjoint(functions_used(written)):
            return None
        return compile_expression(Call("string", (resolved,)) if as_text else resolved)
