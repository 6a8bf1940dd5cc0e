"""The shipped instruments as they lie on disk, read with json alone: the data is judged, not our reader."""

import json
from pathlib import Path
from typing import Any

import pytest

SURVEY_FORMS = Path(__file__).parents[2] / "survey_forms"
DOCUMENTS: dict[str, Any] = {
    path.relative_to(SURVEY_FORMS).with_suffix("").as_posix(): json.loads(path.read_text("utf-8"))
    for path in sorted(SURVEY_FORMS.glob("*/*.json"))
}
FORMS = {name: document for name, document in DOCUMENTS.items() if "survey" in document}
FRAMEWORKS = {name: document for name, document in DOCUMENTS.items() if "spec" in document}


@pytest.fixture(params=FORMS.values(), ids=list(FORMS))
def form(request: pytest.FixtureRequest) -> dict[str, Any]:
    document: dict[str, Any] = request.param
    return document


@pytest.fixture(params=FRAMEWORKS.values(), ids=list(FRAMEWORKS))
def framework(request: pytest.FixtureRequest) -> dict[str, Any]:
    document: dict[str, Any] = request.param
    return document


@pytest.fixture
def forms() -> dict[str, dict[str, Any]]:
    """Every form by its form_id."""
    return {document["settings"]["form_id"]: document for document in FORMS.values()}


@pytest.fixture
def documents() -> dict[str, Any]:
    """Every document by its path without suffix, such as `ucra/framework`."""
    return DOCUMENTS
