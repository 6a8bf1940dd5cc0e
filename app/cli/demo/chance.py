"""Dice that lean: the same distributions, shifted by how far a household is from the ordinary one."""

import math
from collections.abc import Mapping
from random import Random

from app.cli.demo.rows import Spread


def one_of(weights: Mapping[str, float], lean: float, random: Random) -> str:
    """One name. With a lean, names that stand later (or, below zero, earlier) become the likelier ones."""
    middle = (len(weights) - 1) / 2 or 1
    leaning = [weight * math.exp(lean * (place - middle) / middle) for place, weight in enumerate(weights.values())]
    return random.choices(list(weights), leaning)[0]


def some_of(shares: Mapping[str, float], lean: float, random: Random) -> list[str]:
    """Each name by itself: its odds times e to the power of the lean."""
    odds = {name: share / (1 - share) * math.exp(lean) for name, share in shares.items()}
    return [name for name, each in odds.items() if random.random() < each / (1 + each)]


def whole_number(spread: Spread, around: float, lean: float, random: Random) -> int:
    """The normal distribution around a number; what falls outside of the spread's ends lands on them."""
    value = around + spread.mean + spread.sd * (random.gauss(0, 1) + lean)
    return min(max(round(value), spread.min), spread.max)
