"""Which cells may be published, of all tables that scores can be cut into.

Nobody is safe in one table whose neighbour gives the difference away. So the verdicts are on every cell that anybody
may ask for, at once and whatever is asked: all together, by each dimension, by any two of them; and in each of these
on every node of the tree, because a parent and its other children give a hidden child away as well.

Only people are guarded: not communities, and not what groups or records say about them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import inf
from operator import add, itemgetter
from typing import Self

from app.scoring.cells import Cell
from app.scoring.disclosure import Disclosed, Grid, Line, Policy, Verdict, protect, protect_together
from app.scoring.domains import MOST, Domain, dimensions, value
from app.scoring.framework import Framework, Node
from app.scoring.sums import Sample

# A value for each dimension of the framework, `NONE` where there is none.
Place = tuple[str, ...]
Sliced = tuple[tuple[str, str], ...]
Told = tuple[Sliced, str]
Places = Mapping[Place, "People"]

FEW = 10
NOBODY = Cell()
PUBLISHED = Verdict()


@dataclass(frozen=True, slots=True)
class People:
    """Of each guarded indicator, in their order: how many people have a score, and bounds of these scores, which are
    one number only where all have the same.
    """

    counts: Sequence[int]
    lows: Sequence[float]
    highs: Sequence[float]

    @classmethod
    def of(cls, sums: Iterable[Cell]) -> Self:
        """Those of one place."""
        listed = list(sums)
        bounds = [_bounds(own) for own in listed]
        return cls([own.n for own in listed], [low for low, _ in bounds], [high for _, high in bounds])

    def __add__(self, other: "People") -> "People":
        return People(
            list(map(add, self.counts, other.counts)),
            list(map(min, self.lows, other.lows)),
            list(map(max, self.highs, other.highs)),
        )


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What may be published of a node in a domain. A dimension in which all are alike sets nobody apart."""

    by_cell: Mapping[Told, Verdict]
    names: Collection[str] = ()

    def on(self, domain: Domain, node: str) -> Verdict:
        """The verdict; what guards nobody, or holds nobody, may be published."""
        apart = tuple(sorted((name, value) for name, value in domain.items() if name in self.names))
        return self.by_cell.get((apart, node), PUBLISHED)


def guarded(framework: Framework) -> list[str]:
    """The indicators that tell about people."""
    return [each.id for each in framework.indicators if each.unit != "community" and each.source == "survey"]


def count(sample: Sample) -> dict[Place, People]:
    """The people of each place, which all tables are made of."""
    names, indicators = dimensions(sample.framework), guarded(sample.framework)
    found: dict[Place, People] = {}
    for key, tally in sample.tallies.items():
        place = tuple(value(key, name) for name in names)
        cells, _ = sample.layout.unpack(tally.packed)
        own = People.of(cells.get(indicator, NOBODY) for indicator in indicators)
        found[place] = found[place] + own if place in found else own
    return found


def judge_all(framework: Framework, people: Places, sensitive: Collection[str]) -> Verdicts:
    """The verdicts on every cell, by the framework's policy; with `n_suppress` 0 everything may be published.

    `sensitive` are the indicators on which it harms to be known to answer as everybody does.
    """
    if not (framework.policy.n_suppress and guarded(framework) and people):
        return Verdicts({})
    names = _apart(framework, people)
    cells = _cells(framework, names, people, sensitive)
    return Verdicts(protect(cells, _lines(framework, cells), _policy(framework), _grids(cells)), names)


def judge_part(
    framework: Framework, whole: Places, parts: tuple[Places, Places], sensitive: Collection[str]
) -> Verdicts:
    """The verdicts on every cell of the first of two parts beside those of the whole, which stay as they are.

    What the whole has more than the part is the other part: both are hidden where either must be. Where a cell holds
    nobody of the other part it is told as in the whole.
    """
    known = judge_all(framework, whole, sensitive)
    if not known.by_cell:
        return known
    nobody = dict.fromkeys(whole, People.of([NOBODY] * len(guarded(framework))))
    tables = [_cells(framework, known.names, {**nobody, **part}, sensitive) for part in parts]
    others = tables[1]
    settled = {
        cell: verdict for cell, verdict in known.by_cell.items() if not verdict.is_published or not others[cell].n
    }
    lines = _lines(framework, known.by_cell)
    verdicts = protect_together(tables, lines, _policy(framework), settled, _grids(known.by_cell))
    return Verdicts(verdicts, known.names)


def _policy(framework: Framework) -> Policy:
    least = framework.policy.n_suppress
    return Policy(least, max(FEW, least))


def _apart(framework: Framework, people: Places) -> list[str]:
    """The dimensions in which not all are alike."""
    values = zip(*people, strict=True)
    return [name for name, own in zip(dimensions(framework), values, strict=True) if len(set(own)) > 1]


def _cells(
    framework: Framework, names: Collection[str], people: Places, sensitive: Collection[str]
) -> dict[Told, Disclosed]:
    return {
        (domain, node): cell
        for domain, own in _slices(framework, names, people).items()
        for node, cell in _disclosed(framework, own, sensitive).items()
    }


def _lines(framework: Framework, cells: Iterable[Told]) -> list[Line[Told]]:
    slices, nodes = (list(dict.fromkeys(own)) for own in zip(*cells, strict=True))
    return [*_lines_of_domains(slices, nodes), *_lines_of_nodes(framework.tree, slices, frozenset(nodes))]


def _grids(cells: Iterable[Told]) -> list[Grid[Told]]:
    """Every table of two dimensions, by node."""
    found: dict[tuple[str, str, str], dict[Told, tuple[Told, Told]]] = {}
    for domain, node in cells:
        if len(domain) == 2:
            row, column = domain
            margins = ((row,), node), ((column,), node)
            found.setdefault((node, row[0], column[0]), {})[domain, node] = margins
    return [Grid(((), node), margins) for (node, *_), margins in found.items()]


def _bounds(own: Cell) -> tuple[float, float]:
    if not own.n:
        return inf, -inf
    total, weight = Fraction(own.total), Fraction(own.weight)
    # Without any variance: (Σwy)² = Σw Σwy².
    return (float(total / weight),) * 2 if total * total == weight * own.value_squares else (-inf, inf)


def _slices(framework: Framework, names: Collection[str], people: Places) -> dict[Sliced, People]:
    """The people of every domain, those of nobody's included: who has no value is a neighbour too."""
    found: dict[Sliced, People] = {}
    known = [(at, name) for at, name in enumerate(dimensions(framework)) if name in names]
    crossings = [chosen for size in range(MOST + 1) for chosen in combinations(sorted(known, key=itemgetter(1)), size)]
    for place, own in people.items():
        for chosen in crossings:
            domain = tuple((name, place[at]) for at, name in chosen)
            found[domain] = found[domain] + own if domain in found else own
    return found


def _disclosed(framework: Framework, own: People, sensitive: Collection[str]) -> dict[str, Disclosed]:
    """Each indicator, and each node resting on its best answered one."""
    found: dict[str, Disclosed] = {}
    for indicator, n, low, high in zip(guarded(framework), own.counts, own.lows, own.highs, strict=True):
        found[indicator] = Disclosed(n, unanimous=indicator in sensitive and low == high)
    for node in framework.tree.nodes():
        counts = [found[leaf.indicator].n for leaf in node.leaves() if leaf.indicator in found]
        if counts:
            found[node.id] = Disclosed(max(counts))
    return found


def _lines_of_domains(slices: Iterable[Sliced], nodes: Sequence[str]) -> Iterator[Line[Told]]:
    """Every domain with what one dimension more sets apart in it."""
    members: dict[tuple[Sliced, str], list[Sliced]] = {}
    for domain in slices:
        for at, (name, _) in enumerate(domain):
            members.setdefault((domain[:at] + domain[at + 1 :], name), []).append(domain)
    for (margin, _), own in members.items():
        for node in nodes:
            yield Line((margin, node), [(each, node) for each in sorted(own)])


def _lines_of_nodes(tree: Node, slices: Iterable[Sliced], nodes: Collection[str]) -> Iterator[Line[Told]]:
    """Every node with its children, in each domain."""
    for domain in slices:
        for node in tree.nodes():
            children = [child.id if isinstance(child, Node) else child.indicator for child in node.children]
            own = [(domain, child) for child in children if child in nodes]
            if own:
                yield Line((domain, node.id), own)
