"""Rows of all interviews together, and of each community or dimension value that is asked for."""

from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from tests.support.score_rows import score_rows


def _interview(community: str | None, score: float, **dimensions: str) -> Contribution:
    return Contribution("uuid:1", community, None, 1, dimensions, {"warning": score})


INTERVIEWS = [
    _interview("b", 5, sex="f"),
    _interview("a", 1, sex="m"),
    _interview("a", 3, sex="f"),
    _interview(None, 2),
]


def _estimates(framework: Framework, by: list[str]) -> list[tuple[dict[str, str], float | None, int]]:
    rows = score_rows(framework, INTERVIEWS, by)
    return [(row["domain"], row["estimate"], row["n"]) for row in rows if row["node"] == "warning"]


def test_all_together_is_always_there(framework: Framework) -> None:
    assert _estimates(framework, []) == [({}, 2.75, 4)]


def test_each_value_in_order_and_who_has_none_in_no_domain(framework: Framework) -> None:
    assert _estimates(framework, ["sex", "community"]) == [
        ({}, 2.75, 4),
        ({"sex": "f"}, 4, 2),
        ({"sex": "m"}, 1, 1),
        ({"community": "a"}, 2, 2),
        ({"community": "b"}, 5, 1),
    ]


def test_asking_twice_answers_once_and_an_unknown_dimension_has_no_values(framework: Framework) -> None:
    assert _estimates(framework, ["community", "community", "age"]) == _estimates(framework, ["community"])


def test_two_dimensions_crossed_and_rounds(framework: Framework) -> None:
    assert _estimates(framework, ["community*sex"])[1:] == [
        ({"community": "a", "sex": "f"}, 3, 1),
        ({"community": "a", "sex": "m"}, 1, 1),
        ({"community": "b", "sex": "f"}, 5, 1),
    ]
    rounds = [Contribution(name, "a", name, 1, {}, {"warning": 2.0}) for name in ("second", "first")]
    rows = [row["domain"] for row in score_rows(framework, rounds, ["round"]) if row["node"] == "warning"]
    assert rows == [{}, {"round": "first"}, {"round": "second"}]
