"""What the rows ask and say otherwise than before: logic, texts, languages, and the members of fieldwork."""

from collections.abc import Iterator, Mapping

from app.forms.change import Change, Comparison, Verdict
from app.forms.sheets import Line
from app.forms.xlsform import Fieldwork

_LOGIC: Mapping[str, str] = {
    "required": "Whether it must be answered has changed.",
    "relevant": "It is asked of other people than before, so that empty answers mean something else.",
    "constraint": "Other answers are allowed than before.",
    "calculation": "It is calculated in another way: numbers from before and after are not the same measure.",
    "choice_filter": "Other choices are offered than before.",
    "repeat_count": "How often it repeats is decided in another way.",
}
_JUDGED = "Every interview is judged by the version with which it was made."
_OF_OTHERS = frozenset({"type", "name", "note", "disabled"})


def changed_rows(compared: Comparison) -> Iterator[Change]:
    found: dict[str, list[str]] = {}
    for old, new in _places(compared).items():
        before, after = compared.old.lines.get(old), compared.new.lines.get(new)
        if before and after:
            for code in dict.fromkeys(_differences(compared, before, after)):
                found.setdefault(code, []).append(new)
    for column, message in _LOGIC.items():
        if column in found:
            yield Change(Verdict.SAFE, f"{column}_changed", tuple(found[column]), f"{message} {_JUDGED}")
    if "label" in found:
        message = "The question is worded differently. Its answers stand in the same column."
        remedy = "If it asks something else now, give it another name."
        yield Change(Verdict.SAFE, "label_changed", tuple(found["label"]), message, remedy)
    if "presentation" in found:
        message = "Hints, messages, appearance or the like have changed; the answers have not."
        yield Change(Verdict.SAFE, "presentation_changed", tuple(found["presentation"]), message)
    yield from _changed_languages(compared)


def _places(compared: Comparison) -> dict[str, str]:
    """From the old path to the new one, of questions, repeats, and groups that have kept their path."""
    groups = {path: path for path in compared.old.lines.keys() & compared.new.lines.keys()}
    items = {"/".join(old): "/".join(new) for old, new in compared.pairs.items()}
    taken = set(items.values())
    places = {old: new for old, new in groups.items() if old not in items and new not in taken} | items
    return {old: places[old] for old in compared.old.lines if old in places}


def _differences(compared: Comparison, before: Line, after: Line) -> Iterator[str]:
    """Columns with another content; texts are compared in the languages that both versions speak."""
    common = {*compared.old.form.languages} & {*compared.new.form.languages}
    for column in sorted({*before.cells, *after.cells}, key=lambda column: (column.name, column.language)):
        spoken = not column.language or column.language in common
        text = _as_renamed(compared, before.cells.get(column, ""))
        if column.name not in _OF_OTHERS and spoken and text != after.cells.get(column, ""):
            yield column.name if column.name in (*_LOGIC, "label") else "presentation"


def _as_renamed(compared: Comparison, text: str) -> str:
    """A cell as it reads when only names have changed."""
    for old, new in compared.renamed.items():
        text = text.replace(f"${{{old[-1]}}}", f"${{{new[-1]}}}")
    return text


def _changed_languages(compared: Comparison) -> Iterator[Change]:
    old, new = compared.old.form.languages, compared.new.form.languages
    for code, said, languages in (
        ("language_added", "The form speaks more languages", [each for each in new if each not in old]),
        ("language_removed", "The form no longer speaks", [each for each in old if each not in new]),
    ):
        if languages:
            yield Change(Verdict.SAFE, code, (), f"{said}: {', '.join(languages)}. Answers are not affected.")


def changed_fieldwork(compared: Comparison) -> Iterator[Change]:
    """How interviews are placed, and whom the form protects."""
    old, new = compared.old.form.fieldwork, compared.new.form.fieldwork
    if compared.old.form.find(old.community or "community") and not compared.new.form.find(
        new.community or "community"
    ):
        yield Change(
            Verdict.BREAKING,
            "fieldwork_changed",
            (old.community or "community",),
            "New interviews name no community: they count nowhere, and people who work in one community cannot see "
            "them.",
            "Name the question that holds the community in fieldwork.",
        )
    yield from _lost_protection(compared, old, new)
    changed = [member for member in Fieldwork.model_fields if getattr(old, member) != getattr(new, member)]
    if changed:
        message = f"fieldwork says something else about: {', '.join(changed)}. {_JUDGED}"
        yield Change(Verdict.SAFE, "fieldwork_changed", tuple(changed), message)


def _lost_protection(compared: Comparison, old: Fieldwork, new: Fieldwork) -> Iterator[Change]:
    """Questions that are still asked, and no longer personal or sensitive."""
    for member in ("personal", "sensitive"):
        before, after = (
            {question.path for name in names if (question := form.find(name))}
            for form, names in (
                (compared.old.form, getattr(old, member)),
                (compared.new.form, getattr(new, member)),
            )
        )
        bare = [path for path in before if path in compared.pairs and compared.pairs[path] not in after]
        if bare:
            yield Change(
                Verdict.BREAKING,
                f"no_longer_{member}",
                tuple("/".join(compared.pairs[path]) for path in sorted(bare)),
                f"This was {member} and is not any more: analysts would read the answers of new interviews, while "
                "those of old ones stay protected.",
                f"Name it under fieldwork.{member} again, or ask it under a new name.",
            )
