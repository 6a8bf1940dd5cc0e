"""Whatever numbers a framework and its interviews bring: the check refuses them, or every door answers."""

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from app.access.policy import Role
from app.forms.questions import compile_form
from app.scoring.check import check_framework
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FRAMEWORK, NORTH, SOUTH, interview, version_of
from tests.support.village import FORM as VILLAGE

QUESTIONS = [
    {"type": "decimal", "name": "income", "label::English (en)": "Income"},
    {"type": "integer", "name": "members", "label::English (en)": "Members"},
    {"type": "decimal", "name": "rts", "label::English (en)": "How many RT there are"},
    {"type": "text", "name": "rt", "label::English (en)": "RT"},
    {"type": "select_multiple yes_no", "name": "steps", "label::English (en)": "Steps"},
]
FORM = version_of(VILLAGE, "1", survey=[*VILLAGE["survey"], *QUESTIONS])
ITEMS = [
    {"type": "map", "question": "warned", "map": {"yes": 5, "no": 1}},
    {"type": "bins", "question": "minutes", "edges": [15], "scores": [5, 1]},
]
RULES: dict[str, dict[str, Any]] = {
    "rate": {
        "type": "ratio",
        "numerator": "income",
        "denominator": "members",
        "goalposts": {"low": 100, "high": 500},
    },
    "income": {"type": "goalposts", "question": "income", "low": 0, "high": 1000, "clip": True},
    "steps": {
        "type": "count",
        "question": "steps",
        "options": ["yes", "no"],
        "weights": {"yes": 1, "no": 2},
        "low": 0,
        "high": 3,
    },
    "trust": {"type": "scale", "items": ITEMS, "weights": [1, 2], "blank": 1, "alpha": True, "min_answered": 1},
}
PARTS = [
    {"id": "first", "weight": 0.5, "children": FRAMEWORK["tree"]["children"]},
    {
        "id": "second",
        "weight": 0.5,
        "min_child_share": 0.5,
        "children": [{"indicator": name, "weight": 0.25} for name in RULES],
    },
]
PLAIN = version_of(
    FRAMEWORK,
    "plain",
    indicators=[*FRAMEWORK["indicators"], *({"id": name, "rule": rule} for name, rule in RULES.items())],
    tree={"id": "total", "combine": "geometric", "children": PARTS},
    design={"weight": "weight", "dimensions": ["sex"], "psu": "rt", "fpc_psu": "rts", "ci_level": 0.95},
    policy={"n_suppress": 0, "n_flag": 3},
)

EXTREMES = [1e308, 1e16, 1e15, 1e5, 3, 1.0000000001, 0.5, 1e-9, 1e-16, 1e-308, 5e-324, 0, -0.0, -1, -1e15, -1e308]
BEYOND = [2**63, 2**70, 10**400, -(10**400), float("inf"), float("-inf"), float("nan")]
WEIGHTS = [1, 2.5, 1e9, 1e10, 1e-7, 1e-9, 1e-300, 0, -1]
DOORS = [
    "scores",
    "scores.csv",
    "scores?by=community&by=sex",
    "scores/differences?between=sex",
    "scores/trust/reliability",
    "scores/total/sensitivity",
    "scores/total/lineage",
    "scores/income/lineage",
]

Place = tuple[str | int, ...]


def _numbers(part: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(part, dict | list):
        for step, below in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _numbers(below, (*place, step))
    elif isinstance(part, float | int):
        yield place


def _changed(chance: Random, version: str) -> dict[str, Any]:
    document = deepcopy(PLAIN) | {"version": version}
    for place in chance.sample(list(_numbers(document)), chance.choice([1, 1, 2, 3])):
        target: Any = document
        for step in place[:-1]:
            target = target[step]
        target[place[-1]] = chance.choice(EXTREMES + BEYOND)
    return document


def _interview(chance: Random) -> dict[str, Any]:
    return interview(
        chance.choice([NORTH, SOUTH]),
        sex=chance.choice("fm"),
        weight=chance.choice(WEIGHTS),
        warned=chance.choice(["yes", "no", "dk"]),
        minutes=chance.choice([1, 15, 40, 10**15]),
        income=chance.choice([0, 300, 1e300, -5, 1e-300]),
        members=chance.choice([0, 3, 1, 10**9]),
        rts=chance.choice([1, 5, 40, 1e300, 1e-300, 0, -3]),
        rt=chance.choice("ab"),
        steps=chance.choice([["yes"], ["no", "yes"], []]),
    )


def test_the_plain_one_is_accepted() -> None:
    assert check_framework(PLAIN, {"household": compile_form(FORM)}) == []
    assert len(list(_numbers(PLAIN))) > 30


@pytest.mark.parametrize("seed", range(8))
def test_every_door_answers(server: Server, seed: int) -> None:
    chance, form = Random(seed), compile_form(FORM)
    server.publish(COMMUNITIES, FORM)
    # As files are read: of numbers too long for it, JSON's own reader keeps every digit.
    several = [json.loads(json.dumps(_changed(chance, str(number)))) for number in range(30)]
    accepted = [each for each in several if not check_framework(each, {"household": form})][:4]
    server.publish(*accepted)
    server.enrol().send(*[_interview(chance) for _ in range(14)])
    analyst = server.enrol(Role.ANALYST)
    assert accepted
    for each in accepted:
        for door in DOORS:
            joined = "&" if "?" in door else "?"
            answer = analyst.get(f"/{door}{joined}framework=safety&version={each['version']}")
            assert answer.status_code == 200, (door, answer.text)
