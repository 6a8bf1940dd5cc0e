"""The command line over a fresh database, and files to give it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.support.commands import Outcome, call, environment

Tangguh = Callable[..., Outcome]
Write = Callable[[str, Any], Path]


@pytest.fixture
def tangguh(settings: Settings) -> Tangguh:
    """Call a command with these arguments."""
    return lambda *arguments: call(environment(settings), *arguments)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a document, or text as it is, to a file in the folder `documents`."""
    folder = tmp_path / "documents"
    folder.mkdir()

    def write(name: str, content: Any) -> Path:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write
