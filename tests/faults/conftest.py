"""Servers to be ended."""

from collections.abc import Iterator

import pytest

from tests.faults.processes import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()
