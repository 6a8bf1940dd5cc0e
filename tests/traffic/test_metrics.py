"""`/metrics` counts what happened, for Prometheus, and is read from near or with an admin's token."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from app.access.policy import Role
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK, interview, new_id
from tests.support.process import running
from tests.support.server import Server


def samples(text: str) -> dict[str, float]:
    """Value by name with labels, as Prometheus reads it."""
    return {
        name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{.*\})?) ([-+.\deE]+)$", text, re.MULTILINE)
    }


def scrape(server: Server) -> dict[str, float]:
    headers = server.enrol(Role.ADMIN).headers
    return samples(server.client.get("/metrics", headers=headers).text)


def test_a_batch_is_counted(server: Server) -> None:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    tablet, again = server.enrol(), interview(new_id())
    before = scrape(server)
    answer = tablet.send(again, interview(), interview(community="nowhere"))
    tablet.send(again)
    told = scrape(server)

    def grown(name: str) -> float:
        return told.get(name, 0) - before.get(name, 0)

    for status, count in {"accepted": 2, "held": 1, "duplicate": 1}.items():
        assert grown(f'tangguh_receipts_total{{status="{status}"}}') == count
    assert grown('tangguh_requests_total{method="POST",route="/api/v1/batches",status="200"}') == 2
    assert (grown("tangguh_batch_items_count"), grown("tangguh_batch_items_sum")) == (2, 4)
    assert grown("tangguh_commit_seconds_count") >= 2
    assert grown("tangguh_commit_works_sum") >= 2
    assert told["tangguh_durable_seq"] == answer["durable_seq"] == 3
    assert (told["tangguh_bytes_in_flight"], told["tangguh_batches_waiting"]) == (0, 0)
    (info,) = (name for name in told if name.startswith("tangguh_server_info"))
    assert answer["epoch"] in info
    assert told["process_resident_memory_bytes"] > 0


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 401), ("proxy", 401)])
def test_only_this_machine_needs_no_token(server: Server, host: str, status: int) -> None:
    client = TestClient(server.app, client=(host, 50_000))
    assert client.get("/metrics").status_code == status


def test_it_tells_of_nobody(server: Server) -> None:
    server.publish(COMMUNITIES, FORM, FRAMEWORK)
    tablet, item = server.enrol(name="Warga"), interview(respondent="Contoh")
    tablet.send(item)
    tablet.get(f"/submissions/{item['instance_id']}")
    text = server.client.get("/metrics", headers=server.enrol(Role.ADMIN).headers).text
    for secret in ("Warga", "Contoh", item["instance_id"], tablet.token or "", "33.74"):
        assert secret not in text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_several_processes_are_added_up(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path, "--workers", "2") as server:
        for _ in range(20):
            # A connection each, so that both processes get some.
            with server.client() as client:
                batch = {"batch_id": new_id(), "items": [interview()]}
                assert client.post("/api/v1/batches", json=batch).status_code == 200
        scrapes = [samples(httpx.get(f"{server.address}/metrics").text) for _ in range(4)]
    assert {each['tangguh_receipts_total{status="accepted"}'] for each in scrapes} == {20}
    assert {each["tangguh_durable_seq"] for each in scrapes} == {20}
