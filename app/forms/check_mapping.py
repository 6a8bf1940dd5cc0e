"""Everything that is wrong with a mapping, all at once, in words for its author."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from app.forms.faults import Fault, did_you_mean, quoted
from app.forms.mapping import VersionMapping
from app.forms.pairing import REPEAT, Items, Path, holds, items_of, pair, resolve
from app.forms.questions import Form

Versions = Mapping[str, Form]
"""The versions of the form in the order of publication; none if there is no such form."""

Finding = tuple[str, str, str]
"""A place in the document, what is wrong there, what to do about it."""


def check_mapping(document: Any, versions: Versions, file: str) -> list[Fault]:
    """Every fault of a mapping beside the versions that it joins; never raises."""
    return [Fault(file, "", None, place, message, remedy) for place, message, remedy in _findings(document, versions)]


def _findings(document: Any, versions: Versions) -> Iterator[Finding]:
    try:
        mapping = VersionMapping.model_validate(document)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield ".".join(map(str, each["loc"])), *_told(each["type"], each["msg"])
        return
    if not versions:
        message = f"There is no form {quoted(mapping.form_id)}."
        yield "form_id", message, "Publish that form first, or correct its id."
        return
    missing = [(place, name) for place, name in _ends(mapping) if name not in versions]
    for place, name in missing:
        remedy = did_you_mean(name, versions, f"There are: {', '.join(versions)}.")
        yield place, f"{quoted(mapping.form_id)} has no version {quoted(name)}.", remedy
    if not missing:
        yield from _faults_of_order(mapping, list(versions))
        old, new = versions[mapping.begins], versions[mapping.ends]
        yield from _faults_of_questions(mapping, items_of(old), items_of(new))
        yield from _faults_of_choices(mapping, old, new)


def _told(kind: str, message: str) -> tuple[str, str]:
    match kind:
        case "missing":
            return "This member is missing.", "Add it."
        case "extra_forbidden":
            members = [field.alias or name for name, field in VersionMapping.model_fields.items()]
            return "mapping/1 knows no such member.", f"Its members are {', '.join(members)}."
    return f"{message.replace('Input should', 'This should')}.", "Correct it here."


def _ends(mapping: VersionMapping) -> tuple[tuple[str, str], ...]:
    return ("from", mapping.begins), ("to", mapping.ends)


def _faults_of_order(mapping: VersionMapping, order: list[str]) -> Iterator[Finding]:
    if order.index(mapping.begins) >= order.index(mapping.ends):
        message = f"{quoted(mapping.ends)} was not published after {quoted(mapping.begins)}."
        yield "to", message, "A mapping leads from an older version to a newer one."


def _faults_of_questions(mapping: VersionMapping, old: Items, new: Items) -> Iterator[Finding]:
    named: dict[Path, Path | None] = {}
    for before, after in mapping.questions.items():
        place = f"questions.{before}"
        path, successor = resolve(old, before), resolve(new, after) if after is not None else None
        if path is None:
            yield place, *_unresolved(before, old, mapping.begins)
        if after is not None and successor is None:
            yield place, *_unresolved(after, new, mapping.ends)
        if path is not None:
            named[path] = successor
    places = pair(old, new, named)
    for path, successor in named.items():
        if successor is not None:
            yield from _faults_of_pair(path, successor, old, new, places)
    for target, count in Counter(filter(None, named.values())).items():
        if count > 1:
            message = f"{count} old questions would stand in {quoted('/'.join(target))}."
            yield "questions", message, "Carry one of them, and give the others null."
    for path in old:
        if path not in named and path in named.values() and path in new:
            message = f"Old interviews have a question {quoted('/'.join(path))} of their own."
            yield "questions", message, "Say what became of it too: a new question, or null."


def _unresolved(name: str, items: Items, version: str) -> tuple[str, str]:
    paths = [item.shown for item in items.values() if item.name == name]
    if paths:
        return f"{quoted(name)} could mean {' or '.join(map(quoted, paths))}.", "Write the path."
    remedy = did_you_mean(name, [item.name for item in items.values()], "Name a question or a repeat that it has.")
    return f"Version {quoted(version)} has no question {quoted(name)}.", remedy


def _faults_of_pair(
    path: Path, successor: Path, old: Items, new: Items, places: Mapping[Path, Path]
) -> Iterator[Finding]:
    before, after = old[path], new[successor]
    place = f"questions.{before.shown}"
    if not holds(after.type, before.type):
        message = f"{quoted(before.shown)} is of the type {before.type}, and {quoted(after.shown)} {after.type}."
        remedy = "Only answers of the same type can be carried. Give it null: then they keep a column of their own."
        yield place, message, remedy
    elif after.within != (places.get(before.within) if before.within else ()):
        message = f"{quoted(before.shown)} and {quoted(after.shown)} do not stand in the same repeat."
        kind = "repeat" if before.type == REPEAT else "question"
        yield place, message, f"Map the repeats around them too, or give this {kind} null."


def _faults_of_choices(mapping: VersionMapping, old: Form, new: Form) -> Iterator[Finding]:
    before, after = items_of(old), items_of(new)
    places = pair(before, after, mapping.places(before, after))
    for name, renamed in mapping.choices.items():
        users = [item for item in before.values() if item.list_name and name in (item.list_name, item.name, item.shown)]
        if not users:
            lists = {item.list_name for item in before.values() if item.list_name}
            remedy = did_you_mean(name, lists, "Name a list of the old version, or a question that has one.")
            yield f"choices.{name}", f"No question of the old version has the choices {quoted(name)}.", remedy
        for item in users:
            offered = old.choices.get(item.list_name or "")
            successor = after.get(places.get(item.path, ()))
            offers = new.choices.get(successor.list_name or "") if successor else None
            for choice, became in renamed.items():
                place = f"choices.{name}.{choice}"
                if offered is not None and choice not in offered:
                    remedy = did_you_mean(choice, offered, f"It has: {', '.join(offered)}.")
                    yield place, f"{quoted(item.shown)} had no choice {quoted(choice)}.", remedy
                if became is not None and offers is not None and became not in offers:
                    remedy = did_you_mean(became, offers, f"It has: {', '.join(offers)}.")
                    yield place, f"{quoted(item.shown)} has no choice {quoted(became)} now.", remedy
