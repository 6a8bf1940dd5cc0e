"""A server where the small questionnaire is published, a tablet and an admin."""

import pytest

from app.access.policy import Role
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK
from tests.support.server import Caller, Server


@pytest.fixture
def fieldwork(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    return server


@pytest.fixture
def tablet(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ENUMERATOR, name="tablet")


@pytest.fixture
def admin(fieldwork: Server) -> Caller:
    return fieldwork.enrol(Role.ADMIN, name="admin")
