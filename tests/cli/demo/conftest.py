"""The shipped script of the demo, its form and communities, and a fieldwork imagined by them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.demo.imagination import Interview, imagine
from app.cli.demo.script import Script
from app.communities.areas import Area, Areas
from app.forms.questions import Form, compile_form
from app.scoring.framework import Framework

SURVEY_FORMS = Path(__file__).parents[3] / "survey_forms"


@pytest.fixture(scope="session")
def script() -> Script:
    return Script.model_validate_json((SURVEY_FORMS / "ucra" / "demo.json").read_bytes())


@pytest.fixture(scope="session")
def form_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SURVEY_FORMS / "ucra" / "household.json").read_bytes())
    return document


@pytest.fixture(scope="session")
def form(form_document: dict[str, Any]) -> Form:
    return compile_form(form_document)


@pytest.fixture(scope="session")
def areas() -> Areas:
    entries = json.loads((SURVEY_FORMS / "communities" / "semarang.json").read_bytes())
    return Areas(Area.model_validate(entry) for entry in entries)


@pytest.fixture(scope="session")
def interviews(script: Script, form: Form, areas: Areas) -> list[Interview]:
    """500 of them, and their corrections."""
    return list(imagine(script, form, areas, count=500, seed=7))


@pytest.fixture(scope="session")
def framework() -> Framework:
    return Framework.model_validate_json((SURVEY_FORMS / "ucra" / "framework.json").read_bytes())
