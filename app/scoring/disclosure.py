"""What may not be published, so that nobody can be recognised in a table.

Cells of few people are hidden, and then as many of their neighbours as it takes that a published sum does not give
them away (Willenborg & de Waal 2001; Hundepool et al. 2012).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar

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


def protect(cells: Mapping[Key, Disclosed], lines: Iterable[Line[Key]], policy: Policy) -> dict[Key, Verdict]:
    """The verdicts on all cells of a table, with the neighbours that must hide too (`suppressed:complementary`).

    In every line whose margin is published, hidden members are at least two and together at least `least` people;
    where the margin is hidden, so is at least one member. The smallest published member goes first, at last the margin.
    """
    return protect_together([cells], lines, policy, {})


def protect_together(
    tables: Sequence[Mapping[Key, Disclosed]],
    lines: Iterable[Line[Key]],
    policy: Policy,
    settled: Mapping[Key, Verdict],
) -> dict[Key, Verdict]:
    """The verdicts on all cells of several tables of one shape, which are published or hidden in all of them at once:
    a table, and those that follow from it by subtraction. Flags are those of the first; `settled` verdicts stay.
    """
    verdicts = {key: settled.get(key) or _judge_together(key, tables, policy) for key in tables[0]}
    table = sorted(lines, key=lambda line: (line.margin, tuple(line.members)))
    through: dict[Key, list[int]] = {}
    for at, line in enumerate(table):
        for key in (line.margin, *line.members):
            through.setdefault(key, []).append(at)
    exposed = [at for at, line in enumerate(table) if _gives_away(line, tables, verdicts, policy)]
    heapify(exposed)
    while exposed:
        line = table[heappop(exposed)]
        if _gives_away(line, tables, verdicts, policy):
            key = _next(line, tables, verdicts, settled)
            verdicts[key] = replace(verdicts[key], suppressed=SUPPRESSED + "complementary", flags=())
            for at in through[key]:
                heappush(exposed, at)
    return verdicts


def _judge_together(key: Key, tables: Sequence[Mapping[Key, Disclosed]], policy: Policy) -> Verdict:
    own, *others = [judge(cells[key], policy) for cells in tables]
    return next((each for each in (own, *others) if not each.is_published), own)


def _gives_away(
    line: Line[Key], tables: Sequence[Mapping[Key, Disclosed]], verdicts: Mapping[Key, Verdict], policy: Policy
) -> bool:
    hidden = [key for key in line.members if not verdicts[key].is_published]
    if not verdicts[line.margin].is_published:
        return not hidden and any(cells[key].n for cells in tables for key in line.members)
    if len(hidden) < 2:
        return bool(hidden)
    return any(0 < sum(cells[key].n for key in hidden) < policy.least for cells in tables)


def _next(
    line: Line[Key],
    tables: Sequence[Mapping[Key, Disclosed]],
    verdicts: Mapping[Key, Verdict],
    settled: Collection[Key],
) -> Key:
    """The smallest published member that holds anybody, ties by key; the margin once there is none."""
    counts = {key: [cells[key].n for cells in tables] for key in line.members}
    published = [
        (not n[0], n[0], key)
        for key, n in counts.items()
        if any(n) and verdicts[key].is_published and key not in settled
    ]
    return min(published)[-1] if published else line.margin
