"""The harness has teeth: each mistake that loses or doubles interviews elsewhere is seen in a short campaign."""

from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.faults.campaign import campaign
from tests.faults.mutants import MUTANTS
from tests.faults.processes import Nursery
from tests.faults.victim import Victim, kill_at_work

CASES = {
    # name: database, kills, requests between two kills, what the checker says
    "answer before commit": ("sqlite", 15, range(2, 20), "is not kept"),
    "look, then insert": ("postgresql", 1, range(100, 101), "stands 2 times in submission"),
    "no receipt row": ("sqlite", 1, range(30, 31), "said to be kept is stored once"),
    "position instead of id": ("sqlite", 1, range(30, 31), "the receipt"),
}


def test_every_mutant_is_tried() -> None:
    assert CASES.keys() == MUTANTS.keys()


@pytest.mark.parametrize(
    ("mutant", "database_url"), [(name, CASES[name][0]) for name in CASES], indirect=["database_url"]
)
def test_a_mutant_is_caught(mutant: str, database_url: str, nursery: Nursery, tmp_path: Path, seed: int) -> None:
    _, times, requests, sentence = CASES[mutant]
    victim = Victim(database_url, tmp_path, partial(nursery.serve, mutant=mutant))
    killer = partial(kill_at_work, chance=Random(seed), times=times, requests=requests)
    outcome = campaign(victim, killer, seed, sharing=0.6)
    assert any(sentence in breach for breach in outcome.breaches), outcome
