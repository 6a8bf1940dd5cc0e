"""The interviews of a synthetic fieldwork. The same seed imagines the same ones, ids and times included."""

import datetime as dt
import heapq
import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import Any

from app.cli.demo.respondent import Respondent, path_of, plant
from app.cli.demo.script import Script
from app.cli.demo.visits import Visit, visits
from app.communities.areas import Area
from app.forms.questions import Form

LATENESS = (15, 40)
"""How many interviews later one is corrected."""


@dataclass(frozen=True, slots=True)
class Interview:
    """One finished interview as a tablet holds it. `mistake` is the question whose answer is a planted mistake."""

    instance_id: str
    enumerator: str
    ended_at: dt.datetime
    answers: dict[str, Any]
    deprecated_id: str | None = None
    mistake: str | None = None


def imagine(script: Script, form: Form, areas: Mapping[str, Area], count: int, seed: int) -> Iterator[Interview]:
    """As many interviews in the order of their making, and among them the corrections of some, some time later.

    However many are asked for, the first ones are the same.
    """
    waiting: list[tuple[int, str, Interview]] = []
    for number, visit in enumerate(islice(visits(script, areas, seed), count), start=1):
        random = Random(f"{seed}/{script.form}/{script.version}/{number}")
        facts = {**visit.facts(), "number": number}
        respondent = Respondent(form, facts, _traits(script, visit, seed, random), script.nonresponse, random)
        for section in script.sections:
            if respondent.holds(section.when):
                respondent.answer(section.answers)
        original = _write_down(script, respondent, visit)
        yield original
        if random.random() < script.corrections.share and respondent.reconsider(script.corrections.answers):
            correction = replace(
                original,
                instance_id=_new_id(random),
                answers=respondent.tree,
                deprecated_id=original.instance_id,
                mistake=None,
            )
            heapq.heappush(waiting, (number + random.randint(*LATENESS), correction.instance_id, correction))
        while waiting and waiting[0][0] <= number:
            yield heapq.heappop(waiting)[-1]
    yield from (correction for *_, correction in sorted(waiting))


def _traits(script: Script, visit: Visit, seed: int, random: Random) -> dict[str, float]:
    """Neighbours share something: the mean of their community, and what sets their RT apart."""
    means = script.communities[visit.community].traits
    rt = Random(f"{seed}/{visit.community}/{visit.rw}/{visit.rt}")
    return {
        name: means.get(name, 0) + rt.gauss(0, trait.rt) + random.gauss(0, trait.household)
        for name, trait in script.traits.items()
    }


def _write_down(script: Script, respondent: Respondent, visit: Visit) -> Interview:
    """The interview as it is first sent, now and then with a mistake."""
    random, mistake = respondent.random, None
    # Copied, because the respondent may reconsider and must not change what has been sent.
    answers = deepcopy(respondent.tree)
    if random.random() < script.mistakes.share:
        kind = random.choice(script.mistakes.kinds)
        if kind.question in respondent.said:
            mistake = kind.question
            plant(answers, path_of(respondent.form, mistake), kind.instead)
    return Interview(_new_id(random), visit.enumerator, visit.ended_at, answers, mistake=mistake)


def _new_id(random: Random) -> str:
    return f"uuid:{uuid.UUID(int=random.getrandbits(128), version=4)}"
