"""Of a part of the interviews nothing is told from which it, or the rest, could be had by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from app.scoring.contribution import Contribution
from app.scoring.framework import Framework
from app.scoring.margins import Places, Sliced, Told, Verdicts, count, judge_all, judge_part
from app.scoring.sums import Sample
from tests.support import village

LEAST = 5
FRAMEWORK = Framework.model_validate(village.version_of(village.FRAMEWORK, "1", policy={"n_suppress": LEAST}))
PLACES = [(community, sex) for community in ("a", "b", "c") for sex in ("f", "m")]

few = st.integers(0, 12)
counts = st.fixed_dictionaries(dict.fromkeys(PLACES, few))


def people(size: dict[tuple[str, str], int]) -> list[Contribution]:
    """One after the other likes to say nothing of the shelter."""
    return [
        Contribution(
            instance_id=f"{community}{sex}{number}",
            community=community,
            round=None,
            weight=1,
            dimensions={"sex": sex},
            values={"warning": number % 2 * 4 + 1.0, "shelter": "no_answer" if number % 3 else 3.0},
        )
        for (community, sex), count in size.items()
        for number in range(count)
    ]


def _count(members: list[Contribution]) -> Places:
    return count(Sample.of(FRAMEWORK, members))


def judged(approved: list[Contribution], rest: list[Contribution]) -> tuple[Verdicts, Verdicts]:
    whole = _count([*approved, *rest])
    parts = _count(approved), _count(rest)
    return judge_all(FRAMEWORK, whole, ()), judge_part(FRAMEWORK, whole, parts, ())


def held_by(members: list[Contribution], cell: Told) -> int:
    """How many people of a cell have a score."""
    domain, indicator = cell
    fits = [
        each
        for each in members
        if all({"community": each.community, **each.dimensions}[name] == value for name, value in domain)
    ]
    return sum(isinstance(each.values[indicator], float) for each in fits)


def lines(verdicts: Verdicts) -> list[tuple[Told, list[Told]]]:
    found: dict[tuple[Sliced, str, str], list[Told]] = {}
    for domain, node in verdicts.by_cell:
        for at, (name, _) in enumerate(domain):
            found.setdefault((domain[:at] + domain[at + 1 :], name, node), []).append((domain, node))
    return [((margin, node), cells) for (margin, _, node), cells in found.items() if node != "total"]


@given(approved=counts, rest=counts)
def test_no_subtraction_leaves_few(approved: dict[tuple[str, str], int], rest: dict[tuple[str, str], int]) -> None:
    parts = people(approved), people(rest)
    whole, part = judged(*parts)
    assert whole.by_cell.keys() == part.by_cell.keys()
    for cell, verdict in part.by_cell.items():
        assert whole.by_cell[cell].is_published or not verdict.is_published
        if cell[1] != "total" and verdict.is_published:
            assert not any(0 < held_by(members, cell) < LEAST for members in parts)
    for margin, cells in lines(part):
        hidden = [cell for cell in cells if not part.by_cell[cell].is_published]
        if part.by_cell[margin].is_published:
            assert len(hidden) != 1
            for members in parts:
                assert not 0 < sum(held_by(members, cell) for cell in hidden) < LEAST
        else:
            assert hidden or not any(held_by(members, cell) for members in parts for cell in cells)


@given(approved=counts)
def test_where_all_are_approved_it_is_all(approved: dict[tuple[str, str], int]) -> None:
    whole, part = judged(people(approved), [])
    assert part == whole


@given(rest=counts)
def test_a_part_of_many_among_many_is_told(rest: dict[tuple[str, str], int]) -> None:
    many = people(dict.fromkeys(PLACES, 30))
    rest = {place: count + 20 for place, count in rest.items()}
    assert not [cell for cell, verdict in judged(many, people(rest))[1].by_cell.items() if not verdict.is_published]
