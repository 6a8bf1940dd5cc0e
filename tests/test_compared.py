"""docs/compared.md answers each complaint, and names a test that exists wherever it claims to be better."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "compared.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d", line)]
TESTS = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_complaint_has_its_row() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 36)]
    assert all(len(row) == 4 and all(row) for row in ROWS)
    assert {row[2] for row in ROWS} <= {"**better**", "**alike**", "**other**", "**missing**"}


def test_whoever_claims_to_be_better_names_a_test() -> None:
    assert not [row[0] for row in ROWS if row[2] == "**better**" and not TESTS.search(row[3])]


def test_every_named_test_exists() -> None:
    named = TESTS.findall(PAGE)
    assert len(named) == PAGE.count("`tests/")
    assert not [(file, name) for file, name in named if f"def {name}(" not in (REPOSITORY / file).read_text()]
