"""A piece that is cut on its way counts as far as it came."""

from typing import Any

from tests.attachments.photos import begin, interview, photo, piece, progress
from tests.support.server import Caller, Server


def test_what_came_of_a_cut_piece_is_kept(fieldwork: Server, tablet: Caller) -> None:
    content = photo(1)
    upload_id = begin(tablet, interview()["instance_id"], "roof.jpg", content).json()["upload_id"]
    arriving = iter(
        [{"type": "http.request", "body": content[:300], "more_body": True}, {"type": "http.disconnect"}],
    )

    async def receive() -> Any:
        return next(arriving)

    async def send(message: Any) -> None:
        """Nobody listens any more."""

    headers = {**tablet.headers, "Upload-Offset": "0"}
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": f"/api/v1/uploads/{upload_id}",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    tablet.client.portal.call(fieldwork.app, scope, receive, send)  # type: ignore[union-attr]
    assert progress(tablet, upload_id).headers["upload-offset"] == "300"
    assert piece(tablet, upload_id, 300, content[300:]).json()["complete"]
