"""Which questions a form protects: what `fieldwork` names, found wherever it stands."""

from collections.abc import Iterable
from typing import Any

from app.forms.pairing import REPEAT, Path, items_of
from app.forms.questions import Form


def protected(form: Form, names: Iterable[str]) -> frozenset[Path]:
    """The paths of the questions with these names or paths. A path that leads nowhere, such as one through a loop,
    protects every question with its last name."""
    items = [item for item in items_of(form).values() if item.type != REPEAT]
    found: set[Path] = set()
    for name in names:
        exact = {item.path for item in items if name in (item.name, item.shown)}
        found |= exact or {item.path for item in items if item.name == name.rpartition("/")[2]}
    return frozenset(found)


def is_answered(form: Form, tree: Any, name: str) -> bool:
    """Whether an instance tree holds an answer, fitting or not, to a question of this name, in repeats or outside."""
    return any(_holds(tree, path) for path in protected(form, [name]))


def _holds(tree: Any, path: Path) -> bool:
    if isinstance(tree, list) and path:
        return any(_holds(each, path) for each in tree)
    if not path:
        return tree not in (None, "", [])
    return isinstance(tree, dict) and _holds(tree.get(path[0]), path[1:])
