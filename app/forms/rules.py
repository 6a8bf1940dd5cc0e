"""What a form asks of the answers at one place: conditions, calculations and filters, ready to be evaluated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.forms.choice_lists import Items, Lists
from app.forms.expressions.compile import Compiled, compile_expression
from app.forms.expressions.functions import VOLATILE
from app.forms.expressions.parse import parse
from app.forms.expressions.resolve import Location, resolve
from app.forms.expressions.syntax import Call, functions_used
from app.forms.expressions.tokens import SyntaxFault
from app.forms.outline import Node as Row
from app.forms.outline import read_outline
from app.forms.question_types import CALCULATED
from app.forms.questions import Form, Group
from app.forms.sheets import Sheets, says_yes

Path = tuple[str, ...]

_SAYS_NO = frozenset({"no", "No", "NO", "false", "False", "FALSE", "false()"})
_CHANCE = frozenset({"random", "uuid", "randomize"})


@dataclass(frozen=True, slots=True)
class Rules:
    """Each member is None where the form says nothing, or nothing that can be evaluated again.

    `calculation` gives the text that the tablet keeps, all others are conditions; messages are by language. `choices`
    has the items of the question's list by name: its choice_filter is evaluated at them.
    """

    relevant: Compiled | None = None
    required: Compiled | None = None
    required_message: Mapping[str, str] = field(default_factory=dict)
    constraint: Compiled | None = None
    constraint_message: Mapping[str, str] = field(default_factory=dict)
    calculation: Compiled | None = None
    choice_filter: Compiled | None = None
    choices: Items = field(default_factory=dict)

    def says_something(self) -> bool:
        conditions = (self.relevant, self.required, self.constraint, self.calculation, self.choice_filter)
        return any(condition is not None for condition in conditions)


def compile_rules(form: Form, sheets: Sheets, lists: Lists) -> dict[Path, Rules]:
    """The rules of a form version by path; places without any are left out."""
    reader = _Reader(form, sheets, lists)
    rules = {tuple(row.path.split("/")): row for row in read_outline(sheets.rows["survey"]).root.walk()}
    found = {path: reader.rules(row, path) for path, row in rules.items() if path in reader.places}
    return {path: each for path, each in found.items() if each.says_something()}


class _Reader:
    """Reads the cells of rows as expressions at their place."""

    def __init__(self, form: Form, sheets: Sheets, lists: Lists) -> None:
        self.root = form.root.name
        self.plain_language = sheets.plain_language
        self.lists = lists
        self.anywhere: dict[tuple[str, bool], Compiled | None] = {}
        self.places = dict(_locations(form.root, ()))
        self.names: dict[str, Location] = {"instanceID": Location(("meta", "instanceID"))}
        for path, location in self.places.items():
            self.names.setdefault(path[-1], location)

    def rules(self, row: Row, path: Path) -> Rules:
        line, here = row.line, self.places[path]
        asked = row.is_question and row.type.base not in CALCULATED
        choices = self.lists.items_of(row.type) if line.text("choice_filter") else {}
        return Rules(
            relevant=self.condition(line.text("relevant"), here),
            required=self.condition(line.text("required"), here) if asked else None,
            required_message=line.texts("required_message", self.plain_language),
            constraint=self.condition(line.text("constraint"), here) if asked else None,
            constraint_message=line.texts("constraint_message", self.plain_language),
            calculation=None if line.text("trigger") else self.calculation(line.text("calculation"), here),
            choice_filter=self.filter(line.text("choice_filter"), here) if choices else None,
            choices=choices,
        )

    def condition(self, text: str, here: Location) -> Compiled | None:
        if says_yes(text):
            return self.compiled("true()", here)
        if text in _SAYS_NO:
            return self.compiled("false()", here)
        return self.compiled(text, here, without=_CHANCE)

    def filter(self, text: str, here: Location) -> Compiled | None:
        return self.compiled(text, here, without=_CHANCE, from_choice=True)

    def calculation(self, text: str, here: Location) -> Compiled | None:
        return self.compiled(text, here, without=VOLATILE, as_text=True)

    def compiled(
        self,
        text: str,
        here: Location,
        *,
        without: frozenset[str] = frozenset(),
        from_choice: bool = False,
        as_text: bool = False,
    ) -> Compiled | None:
        """What names no question means the same at every place, and is often repeated: it is read once a form."""
        if "${" in text:
            return self.read(text, here, without, from_choice, as_text)
        if (text, as_text) not in self.anywhere:
            self.anywhere[text, as_text] = self.read(text, here, without, from_choice, as_text)
        return self.anywhere[text, as_text]

    def read(
        self, text: str, here: Location, without: frozenset[str], from_choice: bool, as_text: bool
    ) -> Compiled | None:
        """None also for what is no expression: it was published before it was found out, and says nothing."""
        try:
            parsed = parse(text)
        except SyntaxFault:
            return None
        if not without.isdisjoint(functions_used(parsed)):
            return None
        resolved = resolve(parsed, here, self.names, self.root, from_choice=from_choice)
        return compile_expression(Call("string", (resolved,)) if as_text else resolved)


def _locations(group: Group, repeats: tuple[int, ...]) -> Iterator[tuple[Path, Location]]:
    for child in group.children.values():
        yield child.path, Location(child.path, repeats)
        if isinstance(child, Group):
            inside = (*repeats, len(child.path)) if child.repeat else repeats
            yield from _locations(child, inside)
