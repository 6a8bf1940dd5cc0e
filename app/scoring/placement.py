"""An interview's place in the sample."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from app.scoring.framework import Framework, locate
from app.scoring.reading import Answers, number

# No household stands for more of them than a country has; one absurd answer would drown every sum. What is lighter
# than a hundred-millionth would vanish in the 2**-80 that sums count in.
LIGHTEST_WEIGHT, HEAVIEST_WEIGHT = 1e-8, 1e9


class Placement(NamedTuple):
    """An interview's place in the sample. `weight` None means unusable: kept, but out of every estimate. `ssu` "" is
    the interview itself, which is kept under its id. `dimensions` are pairs of a name and a value, sorted.
    """

    weight: float | None
    stratum: str | None
    psu: str | None
    ssu: str | None
    fpc_psu: float | None
    fpc_ssu: float | None
    dimensions: Sequence[tuple[str, str]]


def compile_placement(framework: Framework, form_id: str) -> Callable[[Answers], Placement]:
    """Where the design questions of this form put an interview; what another form asks is undeclared here.

    Without a declared weight every interview weighs 1; a declared one that is missing, not a number, not
    above zero or absurd is unusable. Missing codes hold for dimensions, which people answer, and not for
    sample labels: "99" may well be the name of a neighbourhood.
    """
    design, codes = framework.design, framework.missing.codes

    def here(question: str | None) -> str | None:
        reference = locate(question, framework.form) if question else None
        return reference.name if reference and reference.form_id == form_id else None

    weight, strata, psu, ssu = map(here, (design.weight, design.strata, design.psu, design.ssu))
    fpc_psu, fpc_ssu = map(here, (design.fpc_psu, design.fpc_ssu))
    itself = "" if design.ssu else None
    dimensions = sorted({name for question in design.dimensions if (name := here(question))})

    def place(answers: Answers) -> Placement:
        return Placement(
            weight=_weight(answers.get(weight)) if weight else 1.0,
            stratum=_label(answers.get(strata)) if strata else None,
            psu=_label(answers.get(psu)) if psu else None,
            ssu=(_label(answers.get(ssu)) if ssu else None) or itself,
            fpc_psu=number(answers.get(fpc_psu)) if fpc_psu else None,
            fpc_ssu=number(answers.get(fpc_ssu)) if fpc_ssu else None,
            dimensions=[
                (name, label)
                for name in dimensions
                if (label := _label(answers.get(name))) is not None and label not in codes
            ],
        )

    return place


def _weight(answer: Any) -> float | None:
    weight = number(answer)
    return weight if weight is not None and LIGHTEST_WEIGHT <= weight <= HEAVIEST_WEIGHT else None


def _label(answer: Any) -> str | None:
    """The text of a label, the same whether it came as "7", 7 or 7.0."""
    if isinstance(answer, str):
        return answer or None
    value = number(answer)
    if value is None:
        return None
    return str(int(value)) if value.is_integer() else repr(value)
