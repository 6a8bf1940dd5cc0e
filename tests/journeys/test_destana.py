"""The sixty questions of Destana, from the tablet to the band: a second instrument, and no code of its own."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.access.policy import Role
from tests.support.server import Caller, Server

INSTRUMENTS = Path(__file__).parents[2] / "survey_forms"
TANJUNGMAS = "33.74.02.1008"


@pytest.fixture
def tablet(server: Server) -> Caller:
    names = ("communities/semarang.json", "destana/self_assessment.json", "destana/framework.json")
    server.publish(*(json.loads((INSTRUMENTS / name).read_text()) for name in names))
    return server.enrol()


def assessment(**spoiled: str | None) -> dict[str, Any]:
    """All sixty answered with yes, but for what is named."""
    triplets = {
        f"t{first // 3 + 1:02}": {f"q{number:02}": "yes" for number in range(first, first + 3)}
        for first in range(1, 61, 3)
    }
    for name, answer in spoiled.items():
        triplets[f"t{(int(name[1:]) - 1) // 3 + 1:02}"][name] = answer
    placement = {"facilitator": "FAS-01", "community": TANJUNGMAS, "assessed_on": "2026-11-20", "women": 8, "men": 9}
    return {
        "instance_id": f"uuid:{uuid.uuid4()}",
        "form_id": "destana",
        "version": "2026.1",
        "answers": {"placement": placement, **triplets},
    }


def test_all_yes_is_sixty_and_utama(tablet: Caller, server: Server) -> None:
    (receipt,) = tablet.send(assessment())["receipts"]
    assert (receipt["status"], receipt["flags"]) == ("accepted", [])
    (row,) = totals(server)
    assert (row["estimate"], row["band"]) == (60, "utama")


def test_an_answer_behind_a_no_is_flagged_and_does_not_count(tablet: Caller, server: Server) -> None:
    (receipt,) = tablet.send(assessment(q01="no", q03=None))["receipts"]
    assert [(flag["code"], flag["path"]) for flag in receipt["flags"]] == [("relevance", "t01/q02")]
    (row,) = totals(server)
    assert row["estimate"] == 57


def totals(server: Server) -> list[dict[str, Any]]:
    scores = server.enrol(Role.ANALYST).get("/scores", params={"framework": "destana"}).json()["scores"]
    return [row for row in scores if row["level"] == "total" and not row["domain"]]
