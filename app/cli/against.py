"""A form beside the version that it follows: what changes, and whether its mapping settles that."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from app.cli.documents import Document
from app.cli.screen import fail, out
from app.forms.catalogue import Catalogue
from app.forms.change import Verdict
from app.forms.changes import compare, draft_mapping, unsettled
from app.forms.check import check
from app.forms.faults import quoted
from app.forms.mapping import VersionMapping
from app.forms.sheets import read_sheets

WORDS = {Verdict.BREAKING: "breaking", Verdict.NEEDS_MAPPING: "needs mapping", Verdict.SAFE: "safe"}


class Succession:
    """A new version of a form after an old one, with the mapping between them if there is one among the documents."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any], documents: Sequence[Document]) -> None:
        self.old, self.new = old, new
        self.mapping = self._mapping(documents)
        self.changes = compare(old, new, self.mapping)
        self.unsettled = unsettled(self.changes, self.mapping)

    def _mapping(self, documents: Sequence[Document]) -> VersionMapping | None:
        wanted = (form_id(self.new), version(self.old), version(self.new))
        for document in documents:
            if document.kind == "mapping":
                mapping = VersionMapping.model_validate(document.content)
                if (mapping.form_id, mapping.begins, mapping.ends) == wanted:
                    return mapping
        return None

    def document(self) -> dict[str, Any]:
        """For programs. `settled` tells whether answers of both versions can be joined; `mapping` is a draft."""
        return {
            "against": {"form_id": form_id(self.old), "version": version(self.old)},
            "settled": not self.unsettled,
            "changes": [{**change.described(), "settled": change not in self.unsettled} for change in self.changes],
            "mapping": self.draft(),
        }

    def draft(self) -> dict[str, Any] | None:
        return draft_mapping(form_id(self.new), version(self.old), version(self.new), self.unsettled)

    def warnings(self) -> list[str]:
        """A sentence a change that is not settled."""
        return [
            f"{form_id(self.new)} {version(self.new)} after {version(self.old)}, {WORDS[change.verdict]}: "
            f"{', '.join(change.questions)}: {change.message} {change.remedy}".strip()
            for change in self.unsettled
        ]


def form_id(document: dict[str, Any]) -> str:
    return read_sheets(document).settings.text("form_id")


def version(document: dict[str, Any]) -> str:
    return read_sheets(document).settings.text("version")


def old_version(against: str, catalogue: Catalogue | None) -> dict[str, Any]:
    """What `--against` names: a file, or `FORM_ID[@VERSION]` of a published form."""
    return _from_file(Path(against)) if Path(against).is_file() else _published(against, catalogue)


def succession(documents: Sequence[Document], old: dict[str, Any]) -> Succession:
    """The one form among checked documents after its old version."""
    forms = [document.content for document in documents if document.kind == "form"]
    if len(forms) != 1:
        fail(f"--against compares one form with an older version of it, and {len(forms)} were given.")
    if form_id(old) != form_id(forms[0]):
        fail(f"{quoted(form_id(old))} and {quoted(form_id(forms[0]))} are two forms, not two versions of one.")
    return Succession(old, forms[0], documents)


def successions(documents: Sequence[Document], catalogue: Catalogue) -> list[Succession]:
    """Each form that is a new version of a published one, beside the version that was published last."""
    listing = catalogue.listing()
    found = []
    for document in documents:
        latest = catalogue.find(form_id(document.content)) if document.kind == "form" else None
        if latest and (form_id(document.content), version(document.content)) not in listing.versions:
            found.append(Succession(json.loads(latest.content), document.content, documents))
    return found


def _from_file(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        fail(f"{path}: cannot be read as JSON ({error}).")
    if faults := check(document, str(path)):
        fail(f"{faults[0]} An old version with faults cannot be compared.")
    old: dict[str, Any] = document
    return old


def _published(name: str, catalogue: Catalogue | None) -> dict[str, Any]:
    wanted, _, wanted_version = name.partition("@")
    published = catalogue.find(wanted, wanted_version or None) if catalogue else None
    if published is None:
        fail(f"{quoted(name)} is neither a file nor a published form, written FORM_ID or FORM_ID@VERSION.")
    old: dict[str, Any] = json.loads(published.content)
    return old


def show(succession: Succession) -> None:
    """The changes as a table, and what remains to be done."""
    old, new = succession.old, succession.new
    if not succession.changes:
        out.print(f"{form_id(new)} {version(new)} asks the same as {version(old)}.")
        return
    table = Table(
        "class", "change", "questions", "what it means, and what to do", title_justify="left", show_lines=True
    )
    for change in succession.changes:
        settled = change.verdict is Verdict.NEEDS_MAPPING and change not in succession.unsettled
        table.add_row(
            "mapped" if settled else WORDS[change.verdict],
            change.code.replace("_", " "),
            "\n".join(change.questions),
            change.message if settled else f"{change.message} {change.remedy}".strip(),
        )
    out.print(table, soft_wrap=False)
    if draft := succession.draft():
        out.print("This mapping would settle what needs one. Correct it, save it, and check it with the form:")
        out.print(json.dumps(draft, ensure_ascii=False, indent=1))
