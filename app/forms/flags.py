"""What looks wrong in an interview. A flag never refuses anything: the enumerator has left the house."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_FLAGS = 30
"""A hostile interview of a megabyte could earn half a million."""

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
    "relevance": {
        "id": "Pertanyaan ini dijawab padahal menurut formulir tidak ditanyakan; jawabannya tidak ikut dalam skor.",
        "en": "This question was answered although the form did not ask it; the answer is left out of the scores.",
    },
    "constraint": {
        "id": "Jawaban ini tidak memenuhi syarat dalam formulir.",
        "en": "The answer is outside of what the form allows.",
    },
    "calculation": {
        "id": "Formulir menghitung nilai lain dari jawaban-jawaban ini.",
        "en": "The form calculates another value from these answers.",
    },
    "choice_filter": {
        "id": "Pilihan ini tidak ditawarkan untuk jawaban-jawaban sebelumnya.",
        "en": "This choice was not offered after the answers before it.",
    },
    "unchecked": {
        "id": "Wawancara ini terlalu besar untuk diperiksa menurut logika formulir.",
        "en": "The interview is too large to be checked by the logic of its form.",
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

_LANGUAGE_CODE = re.compile(r"\(([A-Za-z][\w-]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that looks wrong. `path` is the question, `member[2]/age` for the second of a repeat; `words` is the
    form's own message by language code, where it has one. Nothing here holds an answer: flags are shown to many."""

    code: str
    path: str
    facts: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        usual = {language: text.format(**self.facts) for language, text in MESSAGES[self.code].items()}
        return {"code": self.code, "path": self.path, "message": {**usual, **self.words}}

    def stored(self) -> dict[str, Any]:
        """As kept: without the usual message, which is made anew when it is read."""
        members = {"facts": dict(self.facts), "words": dict(self.words)}
        return {"code": self.code, "path": self.path, **{name: each for name, each in members.items() if each}}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Flag":
        return cls(stored["code"], stored["path"], stored.get("facts", {}), stored.get("words", {}))


def words(texts: Mapping[str, str]) -> dict[str, str]:
    """A form's message by language code: "Bahasa Indonesia (id)" is id. Who reads `id` or `en`, and the form does not
    speak it, reads the form's first language: it says more than the usual message."""
    if not texts:
        return {}
    first = next(iter(texts.values()))
    coded = {found[1]: text for name, text in texts.items() if (found := _LANGUAGE_CODE.search(name))}
    return {"id": first, "en": first, **coded}
