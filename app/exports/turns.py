"""An instance tree as rows: the interview itself, and every turn of its repeats."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.forms.pairing import Path
from app.forms.questions import Group


@dataclass(slots=True)
class Turn:
    """The answers that stand in one row, by path. `repeat` is () for the interview itself; `positions` count from 1,
    from the outermost repeat inwards. A repeat inside has as its answer how many turns it has."""

    repeat: Path
    positions: tuple[int, ...]
    answers: dict[Path, Any] = field(default_factory=dict)


def turns(root: Group, tree: Any) -> Iterator[Turn]:
    """The interview, then its turns in the order in which they were sent. What the form does not know is left out."""
    interview = Turn((), ())
    found = [interview]
    _fill(interview, root, tree, found)
    yield from found


def _fill(turn: Turn, group: Group, tree: Any, found: list[Turn]) -> None:
    answers = tree if isinstance(tree, dict) else {}
    for name, child in group.children.items():
        given = answers.get(name)
        if not isinstance(child, Group):
            turn.answers[child.path] = given
        elif child.repeat:
            given = given if isinstance(given, list) else [] if given is None else [given]
            turn.answers[child.path] = len(given)
            for position, each in enumerate(given, start=1):
                inner = Turn(child.path, (*turn.positions, position))
                found.append(inner)
                _fill(inner, child, each, found)
        else:
            _fill(turn, child, given, found)
