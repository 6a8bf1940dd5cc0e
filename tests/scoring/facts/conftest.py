"""Two villages at work: the north, warned and near a shelter, scores 5 and 5; the south 5, 1 and 5, 1."""

import pytest

from app.access.policy import Role
from tests.support.server import Server
from tests.support.village import SOUTH, Villages, at_work, interview


@pytest.fixture
def villages(server: Server) -> Villages:
    villages = at_work(server)
    villages.south[Role.ENUMERATOR].send(interview(SOUTH, sex="m", warned="no", minutes=90))
    return villages
