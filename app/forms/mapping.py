"""A mapping: what became of the questions and choices of one version of a form in a later one."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.forms.pairing import Item, Items, Path, resolve


class VersionMapping(BaseModel):
    """`questions` go from the old name or path to the new one; repeats are named like questions. `choices` go from the
    old name to the new one, for all questions of an old list, or for one old question. null means that nothing took
    its place: the answers keep a column, or a choice, of their own."""

    model_config = ConfigDict(extra="forbid", strict=True)

    spec: Literal["mapping/1"]
    form_id: str
    begins: str = Field(alias="from")
    ends: str = Field(alias="to")
    questions: dict[str, str | None] = {}
    choices: dict[str, dict[str, str | None]] = {}
    note: str = ""

    def places(self, old: Items, new: Items) -> dict[Path, Path | None]:
        """What is said about questions, from path to path."""
        found: dict[Path, Path | None] = {}
        for before, after in self.questions.items():
            path, successor = resolve(old, before), resolve(new, after) if after is not None else None
            if path is not None and (successor is not None or after is None):
                found[path] = successor
        return found

    def choices_of(self, item: Item) -> dict[str, str | None]:
        """What is said about the choices of an old question: for its list, and before that for itself."""
        places = (item.list_name or "", item.name, item.shown)
        return {old: new for place in places for old, new in self.choices.get(place, {}).items()}


def is_mapping(document: object) -> bool:
    """Whether a document says that it is one, of this or of another edition."""
    return isinstance(document, Mapping) and str(document.get("spec", "")).startswith("mapping/")
