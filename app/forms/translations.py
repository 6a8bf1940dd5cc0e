"""Faults of what people read: questions without a text, and texts that a language lacks."""

from collections.abc import Iterator, Sequence

from app.forms.faults import Fault, did_you_mean, fault_at, quoted
from app.forms.outline import Outline
from app.forms.question_types import UNSEEN
from app.forms.sheets import Line, Sheets

_COMPLETE = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_SHOWN = ("label", "hint", "guidance_hint", "image", "big-image", "audio", "video")


def faults_of_translations(file: str, sheets: Sheets, outline: Outline) -> Iterator[Fault]:
    """Every text of a form must be there in every language that the form's labels speak."""
    declared = sheets.settings.text("default_language")
    spoken = sheets.languages()
    named = spoken if declared else tuple(language for language in spoken if language != "default")
    languages = named or spoken
    if declared and declared not in languages:
        message = f"No label is written in the default language {quoted(declared)}."
        remedy = did_you_mean(declared, languages, f"Write it exactly as in the columns: {', '.join(languages)}.")
        yield fault_at(file, sheets.settings, "default_language", message, remedy)
    for line in (*sheets.rows["survey"], *sheets.rows["choices"]):
        yield from _missing_translations(file, line, languages, declared or ("" if named else "default"))
        yield from _strange_languages(file, line, languages)
    yield from _questions_without_text(file, outline)


def _missing_translations(file: str, line: Line, languages: Sequence[str], plain: str) -> Iterator[Fault]:
    """`plain` is the language of columns that name none, "" where the form leaves that open."""
    for name in _COMPLETE:
        texts = line.texts(name, plain)
        if "" in texts:
            message = f"The column {quoted(name)} names no language, although other columns do."
            remedy = f"Rename it, as in {quoted(f'{name}::{languages[0]}')}, or set default_language."
            yield fault_at(file, line, name, message, remedy)
        elif any(language in texts for language in languages):
            for language in languages:
                if language not in texts:
                    message = f"The {name} is missing in {quoted(language)}; {quoted(next(iter(texts)))} has it."
                    column = f"{name}::{language}"
                    yield Fault(file, line.sheet, line.row, column, message, f"Fill in the column {quoted(column)}.")


def _strange_languages(file: str, line: Line, languages: Sequence[str]) -> Iterator[Fault]:
    for column, header in line.headers.items():
        if column.language and column.language not in languages:
            message = f"No label is written in the language {quoted(column.language)}."
            remedy = did_you_mean(
                column.language, languages, f"Write it as in the label columns: {', '.join(languages)}."
            )
            yield Fault(file, line.sheet, line.row, header, message, remedy)


def _questions_without_text(file: str, outline: Outline) -> Iterator[Fault]:
    for node in outline.root.walk():
        if node.is_question and node.type.base not in UNSEEN and not any(node.line.texts(name, "") for name in _SHOWN):
            message = f"People see the question {quoted(node.name)}, but it has nothing to read."
            yield fault_at(file, node.line, "label", message, "Write a label, or a hint or a picture in its place.")
