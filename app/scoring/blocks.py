"""Whose sums follow from a table of two dimensions, its hidden cells notwithstanding.

A published margin less the published cells of its line tells what the hidden ones make together. Whoever adds up some
rows so, and takes some columns away, takes the cell of row i and column j p_i - q_j times, p and q being 0 or 1. Where
this is 0 or 1 for every hidden cell, the sum is that of people, perhaps of few, though no line of the table has few.
The smallest such sum that holds a given cell is a minimum cut (Ford & Fulkerson 1956).
"""

from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import chain, pairwise, product
from typing import Generic, NamedTuple, TypeVar

Axis = TypeVar("Axis", bound=Hashable)
Arcs = Mapping[Axis, Mapping[Axis, int]]


class Hidden(NamedTuple, Generic[Axis]):
    """A cell that is not told, by its row and its column, and how many people it holds."""

    row: Axis
    column: Axis
    people: int


def exposed(
    cells: Sequence[Hidden[Axis]], silent: tuple[Sequence[Axis], Sequence[Axis]], least: int, *, total: bool
) -> Hidden[Axis] | None:
    """A hidden cell in a sum of fewer than `least` people that follows from the table; None if there is no such sum.

    `silent` are the rows and the columns whose margins are not told, so that they cannot be taken; `total` says whether
    the sum of the whole table is told, from which all others may be taken away.
    """
    alike, arcs = _Alike[Axis](), _arcs(cells, least)
    for one, other in chain(*map(pairwise, silent)):
        alike.join(one, other)
    for cell in sorted(cells, key=lambda cell: cell.people < least):
        if alike.of(cell.row) == alike.of(cell.column):
            continue
        is_small = cell.people < least
        if is_small and any(_cut(arcs, *ends, least) < least for ends in _ends(cell, silent, total=total)):
            return cell
        # A cell that no small sum takes once ties its row to its column, and shortens the search for all others.
        alike.join(cell.row, cell.column)
        arcs[cell.row][cell.column] = least
    return None


class _Alike(Generic[Axis]):
    """Rows and columns that are taken as often as each other in every small sum."""

    def __init__(self) -> None:
        self._above: dict[Axis, Axis] = {}

    def of(self, line: Axis) -> Axis:
        """The name of all that are alike."""
        while (above := self._above.get(line, line)) != line:
            line = above
        return line

    def join(self, one: Axis, other: Axis) -> None:
        self._above[self.of(one)] = self.of(other)


def _ends(
    cell: Hidden[Axis], silent: Sequence[Sequence[Axis]], *, total: bool
) -> Iterator[tuple[set[Axis], set[Axis]]]:
    """The lines for which p or q is 1, and those for which it is 0. Lines that cannot be taken are all alike, but that
    the sum of the whole table is all rows taken once."""
    fixed = [lines for lines in silent if lines]
    for choice in product((True, False), repeat=len(fixed)):
        if total or len(set(choice)) < 2:
            ones, zeros = {cell.row}, {cell.column}
            for lines, is_one in zip(fixed, choice, strict=True):
                (ones if is_one else zeros).update(lines)
            yield ones, zeros


def _arcs(cells: Sequence[Hidden[Axis]], least: int) -> dict[Axis, dict[Axis, int]]:
    """To take a cell costs its people; to take one less often than not at all is not allowed."""
    arcs: dict[Axis, dict[Axis, int]] = {}
    for row, column, people in cells:
        arcs.setdefault(row, {})[column] = min(people, least)
        arcs.setdefault(column, {})[row] = least
    return arcs


def _cut(arcs: Arcs[Axis], ones: set[Axis], zeros: set[Axis], least: int) -> int:
    """The people whom it costs at least to part them, counted up to `least`."""
    flow: dict[tuple[Axis, Axis], int] = {}
    found = 0
    while found < least and not ones & zeros:
        path = _path(arcs, flow, ones, zeros)
        if not path:
            return found
        step = min(arcs[begin][end] - flow.get((begin, end), 0) for begin, end in path)
        for begin, end in path:
            flow[begin, end] = flow.get((begin, end), 0) + step
            flow[end, begin] = flow.get((end, begin), 0) - step
        found += step
    return least


def _path(
    arcs: Arcs[Axis], flow: Mapping[tuple[Axis, Axis], int], ones: set[Axis], zeros: set[Axis]
) -> list[tuple[Axis, Axis]]:
    """A way from the ones to the zeros on which more can flow; empty if there is none."""
    came: dict[Axis, Axis | None] = dict.fromkeys(ones)
    queue = deque(ones)
    while queue:
        line = queue.popleft()
        for neighbour, most in arcs.get(line, {}).items():
            if neighbour not in came and flow.get((line, neighbour), 0) < most:
                came[neighbour] = line
                if neighbour in zeros:
                    return _back(came, neighbour)
                queue.append(neighbour)
    return []


def _back(came: Mapping[Axis, Axis | None], end: Axis) -> list[tuple[Axis, Axis]]:
    path = []
    while (begin := came[end]) is not None:
        path.append((begin, end))
        end = begin
    return path
