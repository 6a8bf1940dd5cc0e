"""A server where the small questionnaire is published, and an ODK Collect whose address holds its token."""

from collections.abc import Callable

import pytest

from tests.openrosa.collect import Collect
from tests.openrosa.wire import Wire
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK
from tests.support.server import Caller, Server

Tablets = Callable[[str], Collect]


@pytest.fixture
def fieldwork(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    return server


@pytest.fixture
def caller(fieldwork: Server) -> Caller:
    """The same tablet at the native door."""
    return fieldwork.enrol(name="tablet")


@pytest.fixture
def collect(caller: Caller) -> Collect:
    return Collect(f"http://testserver/openrosa/{caller.token}", Wire(caller.client))
