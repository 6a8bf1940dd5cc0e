"""What an enumerator reads on the tablet after sending: one sentence, in both languages or in the one asked for."""

import re
from collections.abc import Mapping
from typing import Any

Message = Mapping[str, str]

LANGUAGES = ("id", "en")

KEPT: Mapping[str, Message] = {
    "accepted": {"id": "Tersimpan. Tanda terima {code}.", "en": "Kept. Receipt {code}."},
    "duplicate": {
        "id": "Sudah tersimpan sebelumnya. Tanda terima {code}.",
        "en": "This had been kept before. Receipt {code}.",
    },
    "edited": {
        "id": "Perbaikan tersimpan; isian lama tidak dihitung lagi. Tanda terima {code}.",
        "en": "The correction is kept; the earlier interview counts no more. Receipt {code}.",
    },
}
"""By the status of the receipt. What is held or in conflict is told by its problem."""

LOOK_AGAIN: Message = {"id": " Periksa lagi: {questions}.", "en": " Please look again at: {questions}."}
MOST_QUESTIONS = 5

_RANGE = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*", re.ASCII | re.IGNORECASE
)


def told(receipt: Mapping[str, Any]) -> Message:
    """What became of an interview, from its receipt."""
    if receipt["problem"]:
        message: Message = receipt["problem"]["message"]
        code = f" ({receipt['receipt']})" if receipt["receipt"] else ""
        return {language: f"{message[language]}{code}" for language in LANGUAGES}
    questions = list(dict.fromkeys(flag["path"] for flag in receipt["flags"]))
    facts = {"code": receipt["receipt"], "questions": _listed(questions)}
    sentences = KEPT[receipt["status"]]
    return {
        language: (sentences[language] + (LOOK_AGAIN[language] if questions else "")).format(**facts)
        for language in LANGUAGES
    }


def spoken(message: Message, accept_language: str) -> tuple[str, str]:
    """The text and its languages: the one that the client asks for, or both, as ODK Collect asks for none."""
    wanted = _wanted(accept_language)
    if wanted is not None:
        return message[wanted], wanted
    return " / ".join(message[language] for language in LANGUAGES), ", ".join(LANGUAGES)


def _wanted(accept_language: str) -> str | None:
    """Java writes Indonesian as "in", its code before 1989."""
    found = [match for part in accept_language.split(",") if (match := _RANGE.fullmatch(part))]
    for match in sorted(found, key=lambda match: -float(match[2] or 1)):
        language = {"in": "id"}.get(match[1].lower(), match[1].lower())
        if language in LANGUAGES:
            return language
    return None


def _listed(questions: list[str]) -> str:
    shown = ", ".join(questions[:MOST_QUESTIONS])
    return f"{shown}, …" if len(questions) > MOST_QUESTIONS else shown
