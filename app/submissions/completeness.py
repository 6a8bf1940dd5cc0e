"""Whether an interview is complete: which files it names, and which of them have come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlmodel import Session

from app.access.policy import Right, may
from app.access.tables import Holder
from app.attachments import Attachment, FileRuling, attachments_of, plain_name, rulings_of
from app.forms.catalogue import Catalogue
from app.forms.media import AUDIT, encrypted_files, named_files
from app.forms.pairing import Path
from app.forms.protection import protected
from app.forms.questions import Form
from app.submissions.opening import ENCRYPTED, opened
from app.submissions.reread import content_of, corrections_of
from app.submissions.tables import SetAside, Submission
from app.submissions.visibility import reads_personal


@dataclass(frozen=True)
class Files:
    """The files of an interview. `named` is None as long as nobody can read the interview; `private` are those names
    among them that only readers of personal answers may see. `came` has of each name first the one that counts, and
    `rulings` tell what was decided about it."""

    named: Collection[str] | None
    private: Collection[str]
    came: Sequence[Attachment]
    rulings: Sequence[FileRuling]

    @property
    def complete(self) -> bool | None:
        return None if self.named is None else {*self.named} <= {file.name for file in self.came}

    def shown(self, personal: bool) -> list[Attachment]:
        """What a reader may fetch. What no visible question names may hold anything, and is for the others only."""
        return [file for file in self.came if personal or file.name in self._named(personal)]

    def document(self, holder: Holder) -> dict[str, Any]:
        """As far as a reader may see it: names that are expected, those that are missing, and what has come. Those who
        decide also see what was decided."""
        personal = reads_personal(holder)
        named, shown = self._named(personal), self.shown(personal)
        here = {file.name for file in shown}
        return {
            "expected": None if self.named is None else sorted(named),
            "missing": None if self.named is None else sorted(named - here),
            "files": [self._described(file, counts=_is_first(shown, index)) for index, file in enumerate(shown)],
            **({"resolutions": self._resolutions()} if may(holder.role, Right.SETTLE_FIELDWORK) else {}),
        }

    def _described(self, file: Attachment, *, counts: bool) -> dict[str, Any]:
        is_decided = any((each.name, each.sha256) == (file.name, file.sha256) for each in self.rulings)
        return {
            "name": file.name,
            "sha256": file.sha256.hex(),
            "size": file.size,
            "media_type": file.media_type,
            "received_at": file.received_at,
            "counts": counts,
            "waits": not counts and not is_decided,
        }

    def _resolutions(self) -> list[dict[str, Any]]:
        """What was decided, the last first."""
        told = []
        for number, group in groupby(self.rulings, key=lambda ruling: ruling.number):
            kept, *others = group
            told.append(
                {
                    "number": number,
                    "name": kept.name,
                    "at": kept.at,
                    "by": str(kept.holder_id),
                    "reason": kept.reason,
                    "kept": kept.sha256.hex(),
                    "set_aside": [each.sha256.hex() for each in others],
                }
            )
        return told[::-1]

    def _named(self, personal: bool) -> set[str]:
        return {*(self.named or ())} - {*(() if personal else self.private)}


def files_of(session: Session, row: Submission | SetAside, catalogue: Catalogue) -> Files:
    """The files of this interview, by its form and its corrections as they are now."""
    came, rulings = attachments_of(session, [row.instance_id]), rulings_of(session, [row.instance_id])
    sent = opened(row.raw or b"", catalogue.find)
    if sent.fault == ENCRYPTED and isinstance(row, SetAside):
        names = {plain_name(file.name) for file in encrypted_files(sent.content["answers"])}
        return Files(names, names, came, rulings)
    published = catalogue.find(row.form_id or "", row.version or "")
    changes = []
    if isinstance(row, Submission):
        corrections = corrections_of(session, [row.instance_id]).get((row.instance_id, row.sha256 or b""), ())
        changes = [each.changes for each in corrections]
    answers = content_of(row, catalogue.find, changes).get("answers")
    if published is None or not isinstance(answers, dict):
        return Files(None, (), came, rulings)
    named = named_files(published.file_questions, answers)
    hidden = withheld(published.form, row) | {AUDIT}
    private = {plain_name(file.name) for file in named if file.path in hidden}
    return Files({plain_name(file.name) for file in named}, private, came, rulings)


def withheld(form: Form, row: Submission | SetAside) -> frozenset[Path]:
    """The questions whose answers are only for those who may read personal ones."""
    refused = isinstance(row, Submission) and row.refusal
    return protected(form, [*form.fieldwork.personal, *(form.fieldwork.sensitive if refused else ())])


def _is_first(files: Sequence[Attachment], index: int) -> bool:
    return index == 0 or files[index - 1].name != files[index].name
