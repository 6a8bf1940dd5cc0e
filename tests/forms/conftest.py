"""A good form to spoil, and pyxform's own example forms."""

import copy
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("TANGGUH_SAMPLES", REPOSITORY / ".venv" / "samples"))
MISSING = pytest.param(
    "", id="none", marks=pytest.mark.skip(f"no pyxform-*.tar.gz in {SAMPLES}: see requirements-samples.txt")
)
REFUSED_BY_PYXFORM = frozenset(
    {
        *("calculate_without_calculation.xls", "cascades_old.xls", "cascades_old_with_no_cascade_sheet.xls"),
        *("cascading_select_test.xls", "duplicate_columns.xlsx", "group_name_test.xls", "include.xls"),
        *("include_json.xls", "not_closed_group_test.xls", "old_cascades.xls", "simple_loop.xls"),
        *("text_and_integer_xlsx.xlsx", "unknown_question_type.xls"),
    }
)
INDONESIAN, ENGLISH = "Bahasa Indonesia (id)", "English (en)"


def in_both(text: str, column: str = "label") -> dict[str, str]:
    return {f"{column}::{INDONESIAN}": f"{text} (id)", f"{column}::{ENGLISH}": text}


GOOD_FORM: dict[str, Any] = {
    "settings": {
        "form_id": "household",
        "form_title": "Household",
        "version": "1",
        "default_language": INDONESIAN,
    },
    "survey": [
        {"type": "start", "name": "start"},
        {"type": "select_one yes_no", "name": "consent", **in_both("May we begin?"), "required": "yes"},
        {"type": "text", "name": "community", **in_both("Community")},
        {"type": "begin_group", "name": "house", **in_both("House"), "relevant": "${consent} = 'yes'"},
        {"type": "integer", "name": "people", **in_both("People"), "constraint": ". >= 1"},
        {"type": "select_multiple sources", "name": "sources", **in_both("Sources of warnings")},
        {"type": "end_group"},
        {"type": "begin_repeat", "name": "member", **in_both("Member"), "repeat_count": "${people}"},
        {"type": "integer", "name": "age", **in_both("Age")},
        {"type": "end_repeat"},
        {"type": "note", "name": "thanks", **in_both("Thank you, ${community}")},
    ],
    "choices": [
        {"list_name": "yes_no", "name": "yes", **in_both("Yes")},
        {"list_name": "yes_no", "name": "no", **in_both("No")},
        {"list_name": "sources", "name": "radio", **in_both("Radio")},
        {"list_name": "sources", "name": "rt", **in_both("Head of the RT")},
    ],
    "fieldwork": {
        "community": "community",
        "household_key": ["community"],
        "consent": {"question": "consent", "given": ["yes"]},
        "personal": ["age"],
    },
}


@pytest.fixture
def good_form() -> dict[str, Any]:
    """A form without faults, new for each test: rows 2 to 12 of the survey, 2 to 5 of the choices."""
    return copy.deepcopy(GOOD_FORM)


def _sample_archive() -> Path | None:
    return next(iter(sorted(SAMPLES.glob("pyxform-*.tar.gz"))), None)


def _sample_names() -> list[str]:
    archive = _sample_archive()
    if archive is None:
        return []
    with tarfile.open(archive) as contents:
        names = contents.getnames()
    return sorted(name for name in names if "/tests/" in name and name.endswith((".xls", ".xlsx", ".xlsm")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `sample` runs for each example that pyxform converts, `bad_sample` for the others."""
    for fixture, is_bad in (("sample", False), ("bad_sample", True)):
        if fixture in metafunc.fixturenames:
            names = [name for name in _sample_names() if (Path(name).name in REFUSED_BY_PYXFORM) == is_bad]
            found = [pytest.param(name, id=Path(name).name) for name in names]
            metafunc.parametrize(fixture, found or [MISSING], indirect=True)


@pytest.fixture(scope="session")
def unpacked_samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive, folder = _sample_archive(), tmp_path_factory.mktemp("samples")
    assert archive is not None
    with tarfile.open(archive) as contents:
        members = [member for member in contents.getmembers() if "/tests/" in member.name]
        contents.extractall(folder, members, filter="data")
    return folder


@pytest.fixture
def sample(request: pytest.FixtureRequest, unpacked_samples: Path) -> Path:
    return unpacked_samples / str(request.param)


@pytest.fixture
def bad_sample(request: pytest.FixtureRequest, unpacked_samples: Path) -> Path:
    return unpacked_samples / str(request.param)
