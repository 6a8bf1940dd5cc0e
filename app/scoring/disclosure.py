"""What may not be published, so that nobody can be recognised in a table.

Cells of few people are hidden, and then as many of their neighbours as it takes that a published sum does not give
them away (Willenborg & de Waal 2001; Hundepool et al. 2012).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import chain
from typing import Any, Generic, TypeVar

from app.scoring.blocks import Hidden, exposed

# Of a cell: a name, or a tuple of names. Cells are told apart by it, and settled in its order.
Key = TypeVar("Key", bound=Any)

SUPPRESSED = "suppressed:"


@dataclass(frozen=True, slots=True)
class Policy:
    """Fewer than `least` people are hidden, fewer than `few` flagged; fewer than `least_psus` PSUs give no error.

    `dominance` is the greatest share of a cell's total that one respondent may have.
    """

    least: int = 5
    few: int = 10
    least_psus: int = 2
    dominance: float = 0.8


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What is known of a cell before it is published.

    `n_psu` None: not counted. `top_share`: the largest respondent's share of the total, where totals are published.
    `unanimous`: everybody gave the same answer to a sensitive question.
    """

    n: int
    n_psu: int | None = None
    top_share: float | None = None
    unanimous: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`suppressed` is a code, or None where the cell may be published, perhaps with `flags`."""

    suppressed: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def is_published(self) -> bool:
        return self.suppressed is None


@dataclass(frozen=True, slots=True)
class Line(Generic[Key]):
    """Cells that make up another one in the same table, their margin."""

    margin: Key
    members: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Grid(Generic[Key]):
    """A table of two dimensions: the cell of all together, and every inner cell with the margins of its row and column.

    Its lines are told beside it.
    """

    total: Key
    margins: Mapping[Key, tuple[Key, Key]]

    @property
    def sides(self) -> tuple[set[Key], set[Key]]:
        """The margins of the rows, and those of the columns."""
        return {row for row, _ in self.margins.values()}, {column for _, column in self.margins.values()}


def judge(cell: Disclosed, policy: Policy) -> Verdict:
    """The verdict on a cell by itself. A cell of nobody discloses nobody."""
    if cell.n == 0:
        return Verdict(flags=("no_data",))
    reasons = {
        "n": cell.n < policy.least,
        "homogeneous": cell.unanimous and cell.n < policy.few,
        "dominance": cell.top_share is not None and cell.top_share > policy.dominance,
    }
    for reason, holds in reasons.items():
        if holds:
            return Verdict(SUPPRESSED + reason)
    flags = {
        "small_n": cell.n < policy.few,
        "se_not_available": cell.n_psu is not None and cell.n_psu < policy.least_psus,
    }
    return Verdict(flags=tuple(flag for flag, holds in flags.items() if holds))


def protect(
    cells: Mapping[Key, Disclosed], lines: Iterable[Line[Key]], policy: Policy, grids: Sequence[Grid[Key]] = ()
) -> dict[Key, Verdict]:
    """The verdicts on all cells of a table, with the neighbours that must hide too (`suppressed:complementary`).

    In every line whose margin is published, hidden members are at least two and together at least `least` people;
    where the margin is hidden, so is at least one member. The smallest published member goes first, at last the margin.
    From no grid does any sum of fewer than `least` people follow by rows and columns taken together.
    """
    return protect_together([cells], lines, policy, {}, grids)


def protect_together(
    tables: Sequence[Mapping[Key, Disclosed]],
    lines: Iterable[Line[Key]],
    policy: Policy,
    settled: Mapping[Key, Verdict],
    grids: Sequence[Grid[Key]] = (),
) -> dict[Key, Verdict]:
    """The verdicts on all cells of several tables of one shape, which are published or hidden in all of them at once:
    a table, and those that follow from it by subtraction. Flags are those of the first; `settled` verdicts stay.
    """
    protection = _Protection(
        tables,
        sorted(lines, key=lambda line: (line.margin, tuple(line.members))),
        sorted(grids, key=lambda grid: (grid.total, min(grid.margins))),
        policy,
        settled,
        {key: settled.get(key) or _judge_together(key, tables, policy) for key in tables[0]},
    )
    protection.settle()
    return protection.verdicts


def _judge_together(key: Key, tables: Sequence[Mapping[Key, Disclosed]], policy: Policy) -> Verdict:
    own, *others = [judge(cells[key], policy) for cells in tables]
    return next((each for each in (own, *others) if not each.is_published), own)


@dataclass
class _Protection(Generic[Key]):
    """Hides one cell after the other, until nothing follows from what is left to be told."""

    tables: Sequence[Mapping[Key, Disclosed]]
    lines: Sequence[Line[Key]]
    grids: Sequence[Grid[Key]]
    policy: Policy
    settled: Collection[Key]
    verdicts: dict[Key, Verdict]

    def __post_init__(self) -> None:
        self._hidden = {key for key, verdict in self.verdicts.items() if not verdict.is_published}

    def settle(self) -> None:
        lines = [at for at, line in enumerate(self.lines) if self._gives_away(line)]
        grids = list(range(len(self.grids)))
        while lines or grids:
            if lines:
                line = self.lines[heappop(lines)]
                key = self._next_in_line(line) if self._gives_away(line) else None
            else:
                key = self._next_in_grid(self.grids[heappop(grids)])
            if key is not None:
                self._hidden.add(key)
                self.verdicts[key] = replace(self.verdicts[key], suppressed=SUPPRESSED + "complementary", flags=())
                for queue, known in ((lines, self._lines_of), (grids, self._grids_of)):
                    for at in known.get(key, ()):
                        heappush(queue, at)

    @cached_property
    def _lines_of(self) -> Mapping[Key, Sequence[int]]:
        return _places((line.margin, *line.members) for line in self.lines)

    @cached_property
    def _grids_of(self) -> Mapping[Key, Sequence[int]]:
        return _places({grid.total, *grid.margins, *chain(*grid.margins.values())} for grid in self.grids)

    def _gives_away(self, line: Line[Key]) -> bool:
        hidden = [key for key in line.members if key in self._hidden]
        if line.margin in self._hidden:
            return not hidden and any(cells[key].n for cells in self.tables for key in line.members)
        if len(hidden) < 2:
            return bool(hidden)
        return any(0 < sum(cells[key].n for key in hidden) < self.policy.least for cells in self.tables)

    def _next_in_line(self, line: Line[Key]) -> Key | None:
        return self._smallest(line.members, [line.margin])

    def _next_in_grid(self, grid: Grid[Key]) -> Key | None:
        """A neighbour of a cell that follows from a grid, or one of its margins; None where nothing follows."""
        hidden = sorted(key for key in grid.margins if key in self._hidden)
        for cells in self.tables:
            found = self._exposed(grid, hidden, cells)
            if found:
                ends = {found.row, found.column}
                neighbours = [key for key, margins in grid.margins.items() if not ends.isdisjoint(margins)]
                margins = [key for key in (found.row, found.column, grid.total) if key not in self._hidden]
                return self._smallest(neighbours, margins)
        return None

    def _exposed(self, grid: Grid[Key], hidden: Sequence[Key], cells: Mapping[Key, Disclosed]) -> Hidden[Key] | None:
        least = self.policy.least
        own = [Hidden(*grid.margins[key], self._people(key, cells)) for key in hidden if cells[key].n]
        if not any(cell.people < least for cell in own):
            return None
        rows, columns = (sorted(side & self._hidden) for side in grid.sides)
        return exposed(own, (rows, columns), least, total=grid.total not in self._hidden)

    def _people(self, key: Key, cells: Mapping[Key, Disclosed]) -> int:
        """How many a cell holds; one that hides by itself, however many these are, is not to be had alone."""
        n, least = cells[key].n, self.policy.least
        by_itself = self.verdicts[key].suppressed != SUPPRESSED + "complementary"
        return least - 1 if by_itself and n >= least else n

    def _smallest(self, keys: Iterable[Key], margins: Sequence[Key]) -> Key | None:
        """The smallest published one that holds anybody, ties by key; the first of the margins once there is none."""
        counts = {key: [cells[key].n for cells in self.tables] for key in keys}
        published = [
            (not n[0], n[0], key)
            for key, n in counts.items()
            if any(n) and key not in self._hidden and key not in self.settled
        ]
        return min(published)[-1] if published else next(iter(margins), None)


def _places(groups: Iterable[Iterable[Key]]) -> dict[Key, list[int]]:
    """By key the numbers of the groups that it is in."""
    found: dict[Key, list[int]] = {}
    for at, keys in enumerate(groups):
        for key in keys:
            found.setdefault(key, []).append(at)
    return found
