"""Six tablets at work over a bad network while somebody ends the server again and again; then all that they hold is
sent, and the one checker looks."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from app.access.enrol import enrol
from app.access.policy import Role
from app.cli.documents import Document, publish
from app.database import Database
from tests.faults.proxy import Proxy, Traffic
from tests.faults.tablet import Tablet
from tests.faults.victim import Victim
from tests.support.promises import broken
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK

TABLETS = 6

FAULTY = 0.65
"""Share of the requests that meet a fault of the network."""

Killer = Callable[[Victim, Traffic], Awaitable[Counter[str]]]
"""Ends the server in its own ways, starts it again each time, leaves it running, and says what it did how often."""


@dataclass(frozen=True)
class Outcome:
    """What a campaign did, and every promise that was broken in it."""

    breaches: list[str]
    kills: Counter[str]
    faults: Counter[str]
    sent: int
    told: Counter[str]

    def __str__(self) -> str:
        def listed(counts: Counter[str]) -> str:
            return f"{counts.total()} ({', '.join(f'{count} {kind}' for kind, count in sorted(counts.items()))})"

        return (
            f"kills {listed(self.kills)}; network faults {listed(self.faults)}; contents sent {self.sent}; "
            f"told {listed(self.told)}; breaches {len(self.breaches)}"
        )


def campaign(victim: Victim, killer: Killer, seed: int, sharing: float = 0.1) -> Outcome:
    """Play a fieldwork against this server until the killer is done, send what is left, stop the server, and look."""
    team: list[Tablet] = []
    *tokens, _ = open_fieldwork(victim.database_url)
    for number, token in enumerate(tokens):
        team.append(Tablet(number, token, Random(f"{seed} tablet {number}"), team, sharing))
    traffic = Traffic()
    with victim:
        kills = asyncio.run(_play(victim, killer, team, traffic, seed))
        victim.stop()
    told = [each for tablet in team for each in tablet.told]
    sent = [item for tablet in team for item in tablet.seen]
    breaches = [
        *broken(victim.database_url, told, sent),
        *(surprise for tablet in team for surprise in tablet.surprises),
    ]
    return Outcome(breaches, kills, traffic.faults, len(sent), Counter(each.receipt["status"] for each in told))


def open_fieldwork(database_url: str) -> list[str]:
    """Publish a village, and enrol the tablets and an office. Returns their tokens, the office's last."""
    documents = [
        Document("campaign", "communities", COMMUNITIES),
        Document("campaign", "form", FORM),
        Document("campaign", "framework", FRAMEWORK),
    ]
    database = Database(database_url)
    database.write(lambda session: publish(session, documents))
    tokens = [_enrolled(database, f"tablet {number}", Role.ENUMERATOR) for number in range(TABLETS)]
    tokens.append(_enrolled(database, "office", Role.ADMIN))
    database.close()
    return tokens


def _enrolled(database: Database, name: str, role: Role) -> str:
    return database.write(lambda session: enrol(session, name, role, [], now=datetime.now(UTC), days=30))


async def _play(victim: Victim, killer: Killer, team: list[Tablet], traffic: Traffic, seed: int) -> Counter[str]:
    proxies = [Proxy(Random(f"{seed} proxy {each.number}"), victim.port, traffic, FAULTY) for each in team]
    for tablet, proxy in zip(team, proxies, strict=True):
        tablet.url = f"http://127.0.0.1:{await proxy.listen()}"
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(tablet.work()) for tablet in team]
        kills = await killer(victim, traffic)
        for task in working:
            task.cancel()
    for proxy in proxies:
        proxy.share = 0
    async with asyncio.timeout(180):
        await asyncio.gather(*(tablet.drain() for tablet in team))
        await asyncio.gather(*(proxy.close() for proxy in proxies))
    return kills
