"""The limits are published, and enforced as published."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.submissions.household import interview
from tests.support.server import Caller


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Small limits, so that they are met soon."""
    return Settings(database_url=database_url, data=tmp_path, max_items=3, max_bytes=5_000, max_item_bytes=2_000)


def test_limits_are_published(tablet: Caller) -> None:
    limits = tablet.get("/limits").json()
    assert (limits["max_items"], limits["max_bytes"], limits["max_item_bytes"]) == (3, 5_000, 2_000)
    assert set(limits["content_encodings"]) == {"gzip", "zstd"}
    hints = tablet.send(interview())["hints"]
    assert (hints["max_items"], hints["max_bytes"]) == (3, 5_000)


def test_as_many_items_as_published(tablet: Caller) -> None:
    assert tablet.send(*(interview() for _ in range(3)))["summary"]["accepted"] == 3
    answer = tablet.send(*(interview() for _ in range(4)))
    assert (answer.status_code, answer.json()["slug"], answer.json()["retry"]) == (413, "too_many_items", "after_fix")
    assert answer.json()["max_items"] == 3


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_as_many_bytes_as_published(tablet: Caller, headers: dict[str, str]) -> None:
    for size, status in ((5_000, 200), (5_001, 413)):
        body = json.dumps({"batch_id": str(size), "items": [interview()]}).encode().ljust(size)
        content = iter([body[:2_000], body[2_000:]]) if headers else body
        answer = tablet.post("/batches", content=content, headers={"Content-Type": "application/json", **headers})
        assert answer.status_code == status
    assert answer.json()["slug"] == "too_many_bytes"
    assert answer.json()["max_bytes"] == 5_000


def test_one_large_item_is_rejected_and_its_neighbours_are_kept(tablet: Caller) -> None:
    just, over = _of_size(2_000), _of_size(2_001)
    receipts = tablet.send(just, over, interview())["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["accepted", "rejected", "accepted"]
    assert receipts[1]["instance_id"] == over["instance_id"]
    assert receipts[1]["problem"]["slug"] == "item_too_large"
    assert receipts[1]["problem"]["retry"] == "after_fix"
    assert receipts[1]["receipt"] is None


def _of_size(size: int) -> dict[str, Any]:
    item = interview(respondent="")
    missing = size - len(json.dumps(item, separators=(",", ":")))
    item["answers"]["respondent"] = "x" * missing
    return item
