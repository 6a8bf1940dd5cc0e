"""The server is killed at random moments while tablets send over a bad network: nothing is lost, nothing doubled."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.faults.campaign import campaign
from tests.faults.processes import Nursery, start_command
from tests.faults.proxy import FAULTS
from tests.faults.victim import Victim, kill_at_work, kill_workers

Record = Callable[[str, object], None]

KILLS = {"sqlite": 150, "postgresql": 36}
NETWORK_FAULTS = {"sqlite": 800, "postgresql": 150}

WORKER_KILLS = 6
"""These start Python anew each time, which takes seconds."""


def test_killed_at_work(
    database_url: str, nursery: Nursery, tmp_path: Path, seed: int, soak: int, record_property: Record
) -> None:
    database = database_url.partition(":")[0]
    kills, faults = KILLS[database] * soak, NETWORK_FAULTS[database] * soak
    killer = partial(kill_at_work, chance=Random(seed), times=kills, faults=faults)
    outcome = campaign(Victim(database_url, tmp_path, nursery.serve), killer, seed)
    record_property("report", str(outcome))
    assert outcome.breaches == []
    assert outcome.kills.total() >= kills
    assert outcome.faults.total() >= faults
    assert outcome.faults.keys() == FAULTS.keys()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_killed_workers(database_url: str, tmp_path: Path, seed: int, soak: int, record_property: Record) -> None:
    """Two workers on one database; a worker, the parent, or all of them are killed."""
    victim = Victim(database_url, tmp_path, partial(start_command, arguments=("--workers", "2")))
    outcome = campaign(victim, partial(kill_workers, chance=Random(seed), times=WORKER_KILLS * soak), seed)
    record_property("report", str(outcome))
    assert outcome.breaches == []
    assert outcome.kills.total() == WORKER_KILLS * soak
