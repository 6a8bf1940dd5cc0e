"""While large batches stream in, whoever asks something short gets a turn every few milliseconds.

Measured is the processor time of the server's own thread between two turns, which does not depend on what else the
machine does; between turns nothing else is answered.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from time import thread_time

from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK, interview
from tests.support.server import Server

BATCHES = 8
ITEMS = 250
MOST_SECONDS = 0.015


async def hold_ups(until: asyncio.Event) -> list[float]:
    """How much the thread worked between two turns of this."""
    found = []
    while not until.is_set():
        before = thread_time()
        await asyncio.sleep(0)
        found.append(thread_time() - before)
    return found


def test_reading_batches_holds_up_nobody(server: Server) -> None:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    tablets = [server.enrol() for _ in range(BATCHES)]
    portal = server.client.portal
    assert portal is not None
    tablets[0].send(interview())
    until = portal.call(asyncio.Event)
    watching = portal.start_task_soon(hold_ups, until)
    with ThreadPoolExecutor(BATCHES) as pool:
        answers = list(pool.map(lambda tablet: tablet.send(*(interview() for _ in range(ITEMS))), tablets))
    portal.call(until.set)
    assert [answer["summary"]["accepted"] for answer in answers] == [ITEMS] * BATCHES
    # The two longest are forgiven: Python collects the garbage of all other tests now and then.
    longest = sorted(watching.result())[-3:]
    assert longest[0] < MOST_SECONDS, longest
