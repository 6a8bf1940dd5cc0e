"""A connection that is cut in the middle of a batch keeps nothing and is no mistake of the server's."""

from typing import Any

import pytest

from tests.submissions.hostile_envelopes import JSON
from tests.submissions.household import interview
from tests.support.server import Caller, Server


def test_a_cut_batch_is_no_mistake(fieldwork: Server, tablet: Caller, caplog: pytest.LogCaptureFixture) -> None:
    arriving = iter(
        [
            {"type": "http.request", "body": b'{"batch_id": "a", "items": [{"instance', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    answered: list[Any] = []

    async def receive() -> Any:
        return next(arriving)

    async def send(message: Any) -> None:
        answered.append(message)

    headers = {name.lower().encode(): value.encode() for name, value in {**tablet.headers, **JSON}.items()}
    path = "/api/v1/batches"
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": list(headers.items())}
    tablet.client.portal.call(fieldwork.app, scope, receive, send)  # type: ignore[union-attr]
    assert answered[0]["status"] == 400
    assert not [record for record in caplog.records if record.name == "tangguh"]
    assert tablet.send(interview(), batch_id="a")["summary"]["accepted"] == 1
