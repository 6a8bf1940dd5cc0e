"""Two villages at work."""

import pytest

from tests.support.server import Server
from tests.support.village import Villages, at_work


@pytest.fixture
def villages(server: Server) -> Villages:
    return at_work(server)
