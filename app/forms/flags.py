"""What looks wrong in an interview. A flag never refuses anything: the enumerator has left the house."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MESSAGES: dict[str, dict[str, str]] = {
    "type": {
        "id": "Jawaban tidak sesuai jenisnya: seharusnya {expected}.",
        "en": "The answer is of the wrong kind: {expected} was expected.",
    },
    "choice": {
        "id": "Pilihan ini tidak ada dalam daftar '{expected}'.",
        "en": "This choice is not in the list '{expected}'.",
    },
    "required": {
        "id": "Pertanyaan wajib ini tidak dijawab.",
        "en": "This required question has no answer.",
    },
    "unknown_field": {
        "id": "Tidak ada pertanyaan dengan nama ini dalam formulir.",
        "en": "The form has no question of this name.",
    },
    "more_flags": {
        "id": "Masih ada masalah lain yang tidak disebutkan satu per satu.",
        "en": "More looks wrong than is named here.",
    },
    "personal_without_consent": {
        "id": "Ada data pribadi padahal responden tidak bersedia diwawancarai.",
        "en": "There is personal data although the respondent did not consent.",
    },
    "outside_area": {
        "id": "Wawancara ini di luar wilayah kerja tablet.",
        "en": "This interview lies outside of the tablet's area.",
    },
    "invalid_weight": {
        "id": "Bobot tidak ada atau tidak lebih dari nol; wawancara ini tidak ikut dalam skor.",
        "en": "The weight is missing or not above zero; this interview is left out of the scores.",
    },
}
"""Every flag's code, and what it says to people."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that looks wrong. `path` is the question, `member[2]/age` for the second of a repeat."""

    code: str
    path: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        message = {language: text.format(**self.facts) for language, text in MESSAGES[self.code].items()}
        return {"code": self.code, "path": self.path, "message": message}

    def stored(self) -> dict[str, Any]:
        """As kept: without the message, which is made anew when it is read."""
        return {"code": self.code, "path": self.path, **({"facts": dict(self.facts)} if self.facts else {})}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Flag":
        return cls(stored["code"], stored["path"], stored.get("facts", {}))
