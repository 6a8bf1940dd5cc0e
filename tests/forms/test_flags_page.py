"""Readers find every flag in docs/flags.md."""

import re
from pathlib import Path

from app.forms.flags import MESSAGES

PAGE = (Path(__file__).parents[2] / "docs" / "flags.md").read_text(encoding="utf-8")


def test_the_page_names_every_flag_and_no_other() -> None:
    assert set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE)) == set(MESSAGES)
