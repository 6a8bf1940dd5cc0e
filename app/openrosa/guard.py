"""Who may come through the door for OpenRosa, and how it speaks to them: in XML, whatever happens.

Who has a token in the address is let in by it, and told 403 when it is not valid: a 401 would make ODK Collect ask for
a password that nobody has. The door without one takes a name and a password by Digest, or a token as the API does.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response

from app.access.digest import Nonces, read_credentials
from app.access.guard import DirectRoute, Doorkeeper
from app.access.tables import Holder
from app.openrosa import documents
from app.openrosa.sentences import Message, spoken
from app.problems import AddressRefused, PasswordMissing, Problem, TokenMissing

log = logging.getLogger("tangguh")

ACCEPTED_BYTES = 10_000_000
"""How much Collect shall send at once before it goes on in another request: what a bad network carries in one go. A
single file may be larger."""

OPENROSA = {"X-OpenRosa-Version": "1.0", "X-OpenRosa-Accept-Content-Length": str(ACCEPTED_BYTES)}

XML = "text/xml; charset=utf-8"
"""Collect takes any other type, `application/xml` too, for the page of somebody else."""


class Challenged(Exception):
    """A name and a password are wanted. `stale` tells that they were right, and only the nonce was too old."""

    def __init__(self, *, stale: bool = False) -> None:
        self.stale = stale


class OpenRosaRoute(DirectRoute):
    """A route that tells problems as OpenRosa does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_tell(request: Request) -> Response:
            try:
                return await handle(request)
            except Challenged as challenged:
                return _challenge(request, challenged)
            except Problem as problem:
                if problem.status >= 500:
                    log.error("%s", problem.slug, exc_info=problem)
                return told(request, problem.message, problem.status, problem.headers)

        return handle_and_tell

    async def holder_of(self, request: Request) -> Holder:
        now = datetime.now(UTC)
        doorkeeper: Doorkeeper = request.app.state.doorkeeper
        token = request.path_params.get("token")
        try:
            holder = doorkeeper.admit(token, now) if token else _by_authorization(request, doorkeeper, now)
        except TokenMissing as missing:
            raise (AddressRefused() if token else Challenged()) from missing
        request.state.holder_id = holder.id
        return holder


def told(request: Request, message: Message, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A sentence for whoever holds the tablet."""
    text, languages = spoken(message, request.headers.get("accept-language", ""))
    nature = "submit_success" if status < 300 else "error"
    body = b"" if request.method == "HEAD" else documents.response(text, nature)
    own = {**OPENROSA, "Content-Language": languages, "Cache-Control": "no-store"}
    return Response(body, status, {**own, **(headers or {})}, XML)


def _by_authorization(request: Request, doorkeeper: Doorkeeper, now: datetime) -> Holder:
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer":
        return doorkeeper.admit(token, now)
    credentials = read_credentials(header)
    if credentials is None or credentials.uri != _target(request):
        raise TokenMissing
    holder = doorkeeper.vouch(credentials, request.method, now)
    nonces: Nonces = request.app.state.nonces
    if not nonces.good(credentials.nonce, now):
        raise Challenged(stale=True)
    return holder


def _target(request: Request) -> str:
    """The address as it stood in the request's first line."""
    path = request.scope["raw_path"].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _challenge(request: Request, challenged: Challenged) -> Response:
    nonces: Nonces = request.app.state.nonces
    answer = told(request, PasswordMissing().message, PasswordMissing.status)
    for value in nonces.challenges(datetime.now(UTC), stale=challenged.stale):
        answer.headers.append("WWW-Authenticate", value)
    return answer
