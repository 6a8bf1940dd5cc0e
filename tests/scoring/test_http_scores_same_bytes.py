"""The same interviews give the same bytes, whatever the order in which they came, the batches and the database."""

import random
import shutil
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from app.access.policy import Role
from app.main import create_app
from app.settings import Settings
from tests.support.server import Server
from tests.support.village import COMMUNITIES, FORM, FRAMEWORK, NORTH, SOUTH, interview


def _interviews(seed: int) -> list[dict[str, Any]]:
    random_ = random.Random(seed)
    return [
        interview(
            random_.choice([NORTH, SOUTH]),
            sex=random_.choice(["f", "m"]),
            weight=random_.choice([0.1, 1 / 3, 1.7, 12345.678]),
            warned=random_.choice(["yes", "no", "dk", None]),
            minutes=random_.choice([None, *range(90)]),
        )
        for _ in range(120)
    ]


def _scores(server: Server, items: list[dict[str, Any]], size: int) -> bytes:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    tablet = server.enrol()
    for start in range(0, len(items), size):
        assert tablet.send(*items[start : start + size])["summary"]["accepted"] == len(items[start : start + size])
    answer = server.enrol(Role.ANALYST).get("/scores", params={"by": ["community", "sex"]})
    return bytes(answer.content.partition(b'"scores":')[2])


def test_two_servers_agree_to_the_byte(server: Server, sqlite_template: Path, tmp_path: Path) -> None:
    items = _interviews(1)
    here = _scores(server, items, 40)
    shutil.copy(sqlite_template, tmp_path / "other.db")
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'other.db'}"))
    with TestClient(app) as client:
        there = _scores(Server(app, client), random.Random(2).sample(items, len(items)), 7)
    assert len(here) > 1000
    assert here == there
