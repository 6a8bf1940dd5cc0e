"""Random interviews that nobody would give: any answer anywhere, whether it was asked for, allowed, offered or not."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from app.forms.questions import Group, Question
from tests.oracle.examples import Example

Tree = dict[str, Any]

_TEXTS = ("x", "05", "12", "7A", "08123456789", "SIN-01", "it's", "a b", "Siti Aminah", "3374 02", "2026-11-21")
_NUMBER = re.compile(r"(?<![\w.'-])\d+(?:\.\d+)?(?![\w'])")
_MOST_TURNS = 3
_REACH_DAYS = 400


@dataclass(frozen=True)
class Imagination:
    example: Example
    today: date

    def interview(self, chance: Random) -> Tree:
        """Answers as the tablet keeps them: by name, groups as objects, repeats as lists of objects."""
        return self._group(self.example.form.root, chance, blanks=chance.choice((0.05, 0.15, 0.5)))

    def _group(self, group: Group, chance: Random, blanks: float) -> Tree:
        answers: Tree = {}
        for name, child in group.children.items():
            if isinstance(child, Group):
                turns = chance.randint(0, _MOST_TURNS) if child.repeat else 1
                found = [self._group(child, chance, blanks) for _ in range(turns)]
                answers[name] = found if child.repeat else found[0]
            elif chance.random() >= blanks:
                answers[name] = self._answer(child, chance)
        return answers

    def _answer(self, question: Question, chance: Random) -> Any:
        offered = self.example.offers.get(question.list_name or "", ())
        match question.type:
            case "select_one":
                return chance.choice(offered) if offered else None
            case "select_multiple":
                count = min(chance.choice((1, 1, 2, 3)), len(offered))
                return [name for name in offered if name in chance.sample(offered, count)] or None
            case "integer":
                return self._number(question, chance)
            case "decimal" | "range":
                return self._number(question, chance) + chance.choice((0, 0, 0.5, 0.25))
            case "date":
                return (
                    self.today + timedelta(days=chance.choice((0, 1, -1, chance.randint(-1, 1) * _REACH_DAYS)))
                ).isoformat()
            case "text":
                return chance.choice(_TEXTS)
            case "acknowledge":
                return "OK"
            case _:
                return None

    def _number(self, question: Question, chance: Random) -> int:
        """Around a number that the question's own row speaks of, or any."""
        named = _NUMBER.findall(self.example.row(question.path).text("constraint"))
        around = [int(float(number)) + step for number in named for step in (-1, 0, 1)]
        return chance.choice([*around, *around, 0, 1, 2, 3, 5, 17, 18, 40])
