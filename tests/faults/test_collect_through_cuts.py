"""ODK Collect over a bad network, at a server that is killed again and again: nothing is lost, nothing is doubled, and
nothing stays on a tablet."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

import httpx

from tests.faults.campaign import FAULTY, open_fieldwork
from tests.faults.processes import Nursery
from tests.faults.proxy import FAULTS, Proxy, Traffic
from tests.faults.victim import Victim, kill_at_work
from tests.openrosa.collect import Collect, Instance, ServerTrouble, Status
from tests.openrosa.kept import kept_in
from tests.openrosa.wire import Wire
from tests.support.village import NORTH

KILLS = {"sqlite": 30, "postgresql": 10}
FAULTS_OF_NETWORK = {"sqlite": 300, "postgresql": 80}

FULL = 6
"""Unsent interviews on a tablet from which on no new ones are made: the server shall be killed, not outrun."""

INTERVIEW = """<?xml version='1.0' ?><data id="household" version="{version}"><consent>yes</consent>\
<community>{community}</community><minutes>{minutes}</minutes><respondent>{respondent}</respondent>\
<meta><instanceID>{instance_id}</instanceID>{edits}</meta></data>"""


@dataclass
class Enumerator:
    """Interviews and sends for as long as there is work; then sends what is left."""

    collect: Collect
    chance: Random
    made: list[str] = field(default_factory=list)

    def work(self, goes_on: Callable[[], bool]) -> None:
        while goes_on():
            if len(self.collect.waiting) < FULL:
                self._interview()
            self._synchronise()
            self.collect.send()

    def send_the_rest(self) -> None:
        while self.collect.waiting:
            self.collect.send()
        self.collect.synchronise()

    def _interview(self) -> None:
        """Mostly a new one; now and then an edit, other content under a known id, or a version that nobody knows."""
        kind = self.chance.choices(("new", "edit", "conflict", "held"), (7, 1, 1, 1))[0]
        earlier = self.chance.choice(self.made) if self.made else f"uuid:{UUID(int=0)}"
        instance_id = earlier if kind == "conflict" and self.made else self._new_id()
        self.made.append(instance_id)
        xml = INTERVIEW.format(
            version="9" if kind == "held" else "1",
            community=NORTH,
            minutes=self.chance.randrange(90),
            respondent=self._new_id(),
            instance_id=instance_id,
            edits=f"<deprecatedID>{earlier}</deprecatedID>" if kind == "edit" else "",
        )
        photos = {f"{self._new_id()[-8:]}.jpg": self.chance.randbytes(self.chance.choice((10, 5_000, 150_000)))
                  for _ in range(self.chance.choice((0, 0, 1, 3)))}  # fmt: skip
        self.collect.finalise(xml.encode(), photos)

    def _synchronise(self) -> None:
        """Whatever the server and the network do: the list is right, or there is none."""
        had = set(self.collect.forms)
        with suppress(ServerTrouble, httpx.TransportError):
            self.collect.synchronise()
        assert set(self.collect.forms) >= had
        assert set(self.collect.forms) <= {"household"}

    def _new_id(self) -> str:
        return f"uuid:{UUID(int=self.chance.getrandbits(128), version=4)}"


def test_nothing_is_lost_doubled_or_stuck(
    database_url: str,
    nursery: Nursery,
    tmp_path: Path,
    seed: int,
    soak: int,
    record_property: Callable[[str, object], None],
) -> None:
    database = database_url.partition(":")[0]
    victim = Victim(database_url, tmp_path, nursery.serve)
    *tokens, _ = open_fieldwork(database_url)
    team, traffic = [], Traffic()
    with victim:
        kills = asyncio.run(
            _play(victim, tokens[:3], team, traffic, seed, KILLS[database] * soak, FAULTS_OF_NETWORK[database] * soak)
        )
        victim.stop()
    sent = [instance for each in team for instance in each.collect.instances]
    record_property("report", f"{kills.total()} kills, {dict(traffic.faults)}, {len(sent)} interviews")
    assert traffic.faults.keys() == FAULTS.keys()
    assert all(each.collect.forms.keys() == {"household"} for each in team)
    assert {instance.status for instance in sent} == {Status.SUBMITTED}
    _compare(sent, database_url, tmp_path / "attachments")


def _compare(sent: list[Instance], url: str, store: Path) -> None:
    """Every byte that was sent is kept once."""
    kept = kept_in(url, store)
    assert Counter(kept.interviews) == Counter({instance.xml: 1 for instance in sent})
    assert Counter(kept.files) == Counter({(name, data): 1 for each in sent for name, data in each.media.items()})


async def _play(
    victim: Victim, tokens: list[str], team: list[Enumerator], traffic: Traffic, seed: int, kills: int, faults: int
) -> Counter[str]:
    proxies = [Proxy(Random(f"{seed} proxy {number}"), victim.port, traffic, FAULTY) for number in range(len(tokens))]
    working = True
    with httpx.Client(timeout=60, trust_env=False) as client:
        for number, (token, proxy) in enumerate(zip(tokens, proxies, strict=True)):
            address = f"http://127.0.0.1:{await proxy.listen()}/openrosa/{token}"
            wire = Wire(client, headers={"Connection": "close"})
            # Two files a request, so that split interviews need no hundred.
            team.append(Enumerator(Collect(address, wire, most_files=1), Random(f"{seed} tablet {number}")))
        jobs = [asyncio.create_task(asyncio.to_thread(each.work, lambda: working)) for each in team]
        done = await kill_at_work(victim, traffic, Random(seed), kills, faults)
        working = False
        for proxy in proxies:
            proxy.share = 0
        async with asyncio.timeout(180):
            await asyncio.gather(*jobs)
            await asyncio.gather(*(asyncio.to_thread(each.send_the_rest) for each in team))
            await asyncio.gather(*(proxy.close() for proxy in proxies))
    return done
