"""What several rows and columns of a table give away together, though none of its lines does."""

from collections.abc import Iterator, Sequence
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from app.scoring.disclosure import Disclosed, Grid, Line, Policy, protect

POLICY = Policy()
Table = Sequence[Sequence[int]]

# All of 3 and less are hidden, and a neighbour with them in every line. The lower two rows' hidden cells, 2 + 8 and
# 3 + 2, less those of the middle column, 8 + 3, are the four people of the corners.
FOUR_PEOPLE = [[3, 9, 6], [2, 8, 8], [9, 3, 2]]


def key(row: int | str, column: int | str) -> str:
    return f"{row}/{column}"


def cells(table: Table) -> dict[str, Disclosed]:
    found = {key(i, j): n for i, row in enumerate(table) for j, n in enumerate(row)}
    found |= {key(i, "all"): sum(row) for i, row in enumerate(table)}
    found |= {key("all", j): sum(column) for j, column in enumerate(zip(*table, strict=True))}
    found[key("all", "all")] = sum(map(sum, table))
    return {name: Disclosed(n) for name, n in found.items()}


def lines(table: Table) -> list[Line[str]]:
    rows, columns = range(len(table)), range(len(table[0]))
    return [
        *(Line(key(i, "all"), [key(i, j) for j in columns]) for i in rows),
        *(Line(key("all", j), [key(i, j) for i in rows]) for j in columns),
        Line(key("all", "all"), [key(i, "all") for i in rows]),
        Line(key("all", "all"), [key("all", j) for j in columns]),
    ]


def grid(table: Table) -> Grid[str]:
    places = product(range(len(table)), range(len(table[0])))
    return Grid(key("all", "all"), {key(i, j): (key(i, "all"), key("all", j)) for i, j in places})


def told(table: Table, *grids: Grid[str]) -> set[str]:
    verdicts = protect(cells(table), lines(table), POLICY, grids)
    return {name for name, verdict in verdicts.items() if verdict.is_published}


def sums_that_follow(table: Table, published: set[str]) -> Iterator[int]:
    """Every sum of people that rows and columns make when each is added, taken away, or left alone."""
    rows, columns = range(len(table)), range(len(table[0]))
    ways = [(-1, 0, 1) if key(i, "all") in published else (0,) for i in rows]
    ways += [(-1, 0, 1) if key("all", j) in published else (0,) for j in columns]
    hidden = [(i, j) for i, j in product(rows, columns) if key(i, j) not in published]
    for whole in (-1, 0, 1) if key("all", "all") in published else (0,):
        for signs in product(*ways):
            times = {(i, j): whole + signs[i] + signs[len(rows) + j] for i, j in hidden if table[i][j]}
            if set(times.values()) <= {0, 1}:
                yield sum(table[i][j] for (i, j), each in times.items() if each)


def test_lines_alone_give_four_people_away() -> None:
    assert 4 in sums_that_follow(FOUR_PEOPLE, told(FOUR_PEOPLE))
    assert told(FOUR_PEOPLE) - told(FOUR_PEOPLE, grid(FOUR_PEOPLE)) == {"1/2"}


people = st.integers(0, 9)


@given(st.lists(st.tuples(people, people, people), min_size=2, max_size=4))
@example(FOUR_PEOPLE)
def test_no_sum_of_few_people_follows(table: Table) -> None:
    published = told(table, grid(table))
    assert not [n for n in sums_that_follow(table, published) if 0 < n < POLICY.least]


@given(st.lists(st.tuples(people, people, people), min_size=2, max_size=4))
def test_what_no_neighbour_gives_away_stays(table: Table) -> None:
    published = told(table)
    if not [n for n in sums_that_follow(table, published) if 0 < n < POLICY.least]:
        assert told(table, grid(table)) == published
