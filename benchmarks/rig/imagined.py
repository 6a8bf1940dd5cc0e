"""A form of any length whose every tenth question is of the same kind, and good interviews of it."""

from random import Random
from typing import Any

BLOCK = 10
PLACES = {f"{city}_{number}": city for city in ("semarang", "solo", "medan") for number in range(1, 9)}
THINGS = ("radio", "torch", "rope", "none")


def form(questions: int) -> dict[str, Any]:
    """With relevance, constraints, calculations, conditions that make an answer necessary, and filtered choices."""
    rows = [row for block in range(questions // BLOCK) for row in _rows(str(block))]
    plain = {"yes_no": ("yes", "no"), "city": ("semarang", "solo", "medan"), "thing": THINGS}
    choices = [{"list_name": name, "name": each, "label": each} for name, names in plain.items() for each in names]
    places = [{"list_name": "place", "name": each, "label": each, "city": city} for each, city in PLACES.items()]
    settings = {"form_id": f"imagined_{questions}", "version": "1"}
    return {"settings": settings, "survey": rows, "choices": [*choices, *places]}


def _rows(k: str) -> list[dict[str, str]]:
    rows = [
        ("integer", "age", {"constraint": ". >= 0 and . <= 120", "required": "yes"}),
        ("select_one yes_no", "owns", {"required": "yes"}),
        ("text", "why", {"relevant": "${owns_K} = 'no'", "constraint": "string-length(.) <= 80"}),
        ("decimal", "share", {"relevant": "${owns_K} = 'yes'", "constraint": ". >= 0 and . <= ${age_K} + 100"}),
        ("calculate", "sum", {"calculation": "${age_K} * 2 + coalesce(${share_K}, 0)"}),
        ("select_one city", "city", {}),
        ("select_one place", "place", {"choice_filter": "city = ${city_K}", "required": "${owns_K} = 'yes'"}),
        ("select_multiple thing", "things", {"constraint": "not(selected(., 'none') and count-selected(.) > 1)"}),
        ("date", "day", {"constraint": ". <= today()"}),
        (
            "text",
            "code",
            {"relevant": "${age_K} > 17 or selected(${things_K}, 'radio')", "constraint": "regex(., '^[0-9]{1,3}$')"},
        ),
    ]
    return [
        {
            "type": kind,
            "name": f"{name}_{k}",
            "label": name,
            **{key: cell.replace("_K", f"_{k}") for key, cell in cells.items()},
        }
        for kind, name, cells in rows
    ]


def interview(questions: int, chance: Random) -> dict[str, Any]:
    """All that is asked is answered."""
    answers: dict[str, Any] = {}
    for block in range(questions // BLOCK):
        answers.update({f"{name}_{block}": answer for name, answer in _answers(chance).items()})
    return answers


def _answers(chance: Random) -> dict[str, Any]:
    age, owns = chance.randint(0, 120), chance.choice(("yes", "no"))
    things = chance.choice((["none"], ["radio"], ["torch", "rope"]))
    place = chance.choice(list(PLACES))
    share = chance.randint(0, 400) / 4 % 100 if owns == "yes" else 0
    only = {"share": share} if owns == "yes" else {"why": "rents it from a neighbour"}
    known = {"age": age, "owns": owns, **only, "sum": age * 2 + share}
    asked = {"code": str(chance.randint(1, 999))} if age > 17 or "radio" in things else {}
    return {**known, "city": PLACES[place], "place": place, "things": things, "day": "2026-11-20", **asked}
