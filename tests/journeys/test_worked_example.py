"""The number that docs/scores.md works out by hand is what the demo fieldwork gives."""

import re
from pathlib import Path

import pytest

from app.access.policy import Role
from app.cli.demo import fill
from app.cli.documents import publish, read_documents
from app.database import Database
from app.settings import Settings
from tests.support.server import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def played(settings: Settings, database: Database) -> None:
    """The demo serves the database itself while it plays, so it comes before the server."""
    documents = read_documents([ROOT / "survey_forms"], None).documents
    database.write(lambda session: publish(session, documents))
    fill(settings, 200, 1, None, lambda _: None)


@pytest.mark.usefixtures("played")
def test_numbers_of_the_page_are_those_of_the_demo(server: Server) -> None:
    analyst = server.enrol(Role.ANALYST)
    rows = analyst.get("/scores", params={"framework": "ucra", "by": "community"}).json()["scores"]
    row = next(
        each for each in rows if each["node"] == "cat_cohesion" and each["domain"] == {"community": "33.74.02.1008"}
    )
    page = (ROOT / "docs" / "scores.md").read_text(encoding="utf-8")
    for child in row["children"]:
        told = re.search(rf"`{child['node']}` \| (\S+) \| (\S+) \| (\S+) \|", page)
        assert told
        numbers = (child["weight"], child["estimate"], child["contribution"])
        assert told.groups() == tuple("–" if number is None else f"{round(number, 4):g}" for number in numbers)
    assert f"{row['n']} interviews from {row['n_psu']} RTs" in page
    assert f"= {row['estimate']:.4f}          estimate" in page
    assert f"× {row['standard_error']:.4f} = {row['ci_low']:.4f} … {row['ci_high']:.4f}" in page
    assert row["coverage"] == pytest.approx(0.6)
    assert (row["df"], row["flags"]) == (13, ["synthetic"])
