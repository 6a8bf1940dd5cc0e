"""What interviews add up to, unit by sampled unit: all that estimates are made of.

Sums are exact, so that the order in which interviews arrived never shows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from app.scoring.cells import Cell, Cells, Respondents, Unit, exact_sum
from app.scoring.contribution import Contribution
from app.scoring.crowd import Crowd, sums_of
from app.scoring.domains import Domain, split, within
from app.scoring.framework import Framework
from app.scoring.layout import Base, Layout
from app.scoring.tally import FPC_PSU, FPC_SSU, Change, Key, Tally, apply
from app.scoring.variance import Design, Psu, Stratum


@dataclass(frozen=True, slots=True)
class IndicatorSums:
    """One indicator over some interviews: sums by sampled unit of those with a score, the others by reason."""

    cells: Cells
    missing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything over some interviews: sums by indicator; by tree node, who was asked anything under it."""

    indicators: Mapping[str, IndicatorSums]
    nodes: Mapping[str, Respondents]
    crowd: Crowd


@dataclass(frozen=True)
class Sample:
    """All interviews of a framework, of every round, added up by cell: enough for the scores of any domain."""

    framework: Framework
    layout: Layout
    tallies: Mapping[Key, Tally]

    @classmethod
    def of(cls, framework: Framework, contributions: Iterable[Contribution]) -> Self:
        everyone = list(contributions)
        layout = Layout.of(framework, weighted=any(each.weight not in (None, 1) for each in everyone), invented=True)
        tallies: dict[Key, Tally] = {}
        apply((Change.coming(framework, layout, each) for each in everyone), layout, tallies)
        return cls(framework, layout, tallies)

    @property
    def interviews(self) -> int:
        """How many there are."""
        return sum(self.layout.heads(tally.packed).interviews for tally in self.tallies.values())

    @property
    def synthetic(self) -> frozenset[str]:
        """The communities that hold synthetic interviews ("" for interviews without a community)."""
        return frozenset(
            key.community for key, tally in self.tallies.items() if self.layout.heads(tally.packed).synthetic
        )

    def within(self, domain: Domain) -> "Sample":
        """Those that have every value of the domain."""
        return replace(self, tallies={key: self.tallies[key] for key in within(self.tallies, domain)})

    def reviewed(self, *, approved: bool) -> "Sample":
        """Those that are approved, or those that are not."""
        return replace(self, tallies={key: tally for key, tally in self.tallies.items() if key.approved is approved})

    def domains(self, by: Sequence[str]) -> list[Domain]:
        """`{}`, then each domain of `by`, as `split` reads it."""
        return [domain for domain, _ in split(list(self.tallies), by)]

    def sums(self) -> Sums:
        """What they add up to, unit by sampled unit."""
        units: dict[Unit, Tally] = {}
        for key, tally in self.tallies.items():
            units.setdefault(key.unit, Tally()).add(tally)
        return _sums(self.layout, units)

    def design(self) -> Design:
        """The sample itself: its strata, its PSUs and, where declared, how many there are of each.

        Without a declared PSU every household is one. Where interviews disagree about a population, the largest counts.
        """
        members: dict[str, dict[str, set[Unit]]] = {}
        households = Counter[str]()
        strata: dict[str, float] = {}
        psus: dict[Unit, float] = {}
        for key, tally in self.tallies.items():
            if sampled := self.layout.heads(tally.packed).sampled:
                own = members.setdefault(key.stratum, {})
                if key.psu:
                    own.setdefault(key.psu, set()).add(key.unit)
                else:
                    households[key.stratum] += sampled
            for population in tally.populations(FPC_PSU):
                strata[key.stratum] = max(population, strata.get(key.stratum, 0))
            for population in tally.populations(FPC_SSU):
                psus[key.unit[:2]] = max(population, psus.get(key.unit[:2], 0))
        return Design(
            {
                stratum: Stratum(
                    {psu: Psu(len(units), psus.get((stratum, psu))) for psu, units in own.items()},
                    strata.get(stratum),
                    households[stratum],
                )
                for stratum, own in members.items()
            },
            self.framework.design.lonely_psu,
        )


def add_up(framework: Framework, contributions: Iterable[Contribution]) -> Sums:
    """The sums over these interviews, whatever their order."""
    return Sample.of(framework, contributions).sums()


def _sums(layout: Layout, units: Mapping[Unit, Tally]) -> Sums:
    cells: dict[str, dict[Unit, Cell]] = {indicator: {} for indicator in layout.scales}
    order = list(layout.scales)
    missing: dict[str, Counter[str]] = {indicator: Counter() for indicator in order}
    asked: dict[str, dict[Unit, Base]] = {node: {} for node in layout.nodes}
    for unit, tally in units.items():
        own, bases = layout.unpack(tally.packed)
        for indicator, cell in own.items():
            cells[indicator][unit] = cell
        for node, base in bases.items():
            asked[node][unit] = base
        for place, reason, count in tally.missing():
            missing[order[place]][reason] += count
    return Sums(
        {indicator: IndicatorSums(cells[indicator], missing[indicator]) for indicator in layout.scales},
        {node: _respondents(bases) for node, bases in asked.items()},
        _crowd(layout, units, cells),
    )


def _crowd(layout: Layout, units: Mapping[Unit, Tally], cells: Mapping[str, Mapping[Unit, Cell]]) -> Crowd:
    """The households among the units, each a PSU of its own, as far as they were sampled."""
    surveyed = {indicator: number for number, indicator in enumerate(layout.surveyed)}
    sums = {
        indicator: {unit: sums_of(cell, layout.scales[indicator].low) for unit, cell in cells[indicator].items()}
        for indicator in surveyed
    }
    strata = [unit[0] for unit, tally in units.items() if not unit[1] and tally.moments]
    return Crowd(
        surveyed,
        {of: (sum(w for w, _ in own.values()), sum(wy for _, wy in own.values())) for of, own in sums.items()},
        {stratum: {of: own[stratum, ""] for of, own in sums.items() if (stratum, "") in own} for stratum in strata},
        {stratum: layout.products.cut(units[stratum, ""].moments) for stratum in strata},
    )


def _respondents(bases: Mapping[Unit, Base]) -> Respondents:
    return Respondents(
        n=sum(base.n for base in bases.values()),
        weight=exact_sum(base.weight for base in bases.values()),
        weight_squares=exact_sum(base.weight_squares for base in bases.values()),
        psus=frozenset(unit[:2] for unit in bases if unit[1]),
        households={unit[0]: base.n for unit, base in bases.items() if not unit[1]},
    )
