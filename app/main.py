"""The application: rooms behind their doors, problems told in one way."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__, openapi
from app.access.digest import Nonces
from app.access.guard import Doorkeeper
from app.access.routes import router as access
from app.access.tables import Holder
from app.attachments import open_depot
from app.communities.queries import load_areas
from app.communities.routes import router as communities
from app.database import Database, Snapshot, load_identity, serving
from app.exports.routes import router as exports
from app.forms.catalogue import Catalogue
from app.forms.routes import router as forms
from app.monitoring.routes import health
from app.monitoring.routes import router as monitoring
from app.openrosa.listing import TabletForms
from app.openrosa.routes import router as openrosa
from app.problems import (
    BodyTooLarge,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    Problem,
    TokenMissing,
    Unavailable,
    answers,
)
from app.scoring.catalogue import Frameworks
from app.scoring.facts.routes import router as facts
from app.scoring.releases.routes import router as releases
from app.scoring.routes import router as scoring
from app.scoring.tracing.routes import router as tracing
from app.settings import Settings
from app.submissions.attached.routes import router as attached
from app.submissions.erasing.routes import router as erasing
from app.submissions.incoming import Library
from app.submissions.previewing.routes import router as previewing
from app.submissions.reviewing.routes import router as reviewing
from app.submissions.routes import door
from app.submissions.routes import router as submissions
from app.submissions.settling.replay import replay
from app.submissions.settling.routes import router as settling
from app.traffic.connections import Pace
from app.traffic.load import Load
from app.traffic.meters import Meters
from app.traffic.requests import Requests
from app.traffic.routes import router as traffic
from app.web.routes import router as web

log = logging.getLogger("tangguh")

API = "/api/v1"

ALWAYS = answers(TokenMissing, NotAllowed, NotFound, Unavailable, InternalError)
"""What every address of the API may answer beside its own."""

SMALL_BYTES = 200_000
"""Largest body of a request that is no batch."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application over the database of these settings, which must have been migrated."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        deadline = settings.database_deadline_seconds
        with serving(settings.database_url, settings.database_connections, deadline) as database:
            _equip(app, settings, database)
            closed = app.state.meters.closed
            yield {"pace": Pace.of(settings, lambda why: closed.labels(why).inc())}

    app = FastAPIOffline(
        # ReDoc shows a picture from its maker's server; Swagger UI loads nothing from elsewhere.
        redoc_url=None,
        # A redirect would send the token to whatever host the request has named, and past the proxy's TLS.
        redirect_slashes=False,
        title="Tangguh",
        version=__version__,
        summary="Questionnaires out, interviews in exactly once, scores that explain themselves.",
        lifespan=lifespan,
    )
    _open_doors(app)
    _surround(app)
    app.openapi = partial(openapi.complete, app.openapi)  # type: ignore[method-assign]
    return app


def _equip(app: FastAPI, settings: Settings, database: Database) -> None:
    """Give the doors what they have at hand."""
    state = app.state
    state.settings = settings
    state.database = database
    state.depot = open_depot(settings)
    state.identity = Snapshot(database, load_identity)
    state.doorkeeper = Doorkeeper(database)
    state.nonces = Nonces()
    state.areas = Snapshot(database, load_areas)
    state.catalogue = Catalogue(database)
    state.tablet_forms = TabletForms(database)
    state.frameworks = Frameworks(database)
    state.try_held = partial(_try_held, state)
    state.library = Snapshot(database, lambda _: _library(state))
    meters = state.meters = Meters(partial(_about, app))
    database.on_commit(meters.committed)
    state.load = Load(settings.max_bytes, settings.max_bytes_in_flight, meters.in_flight, meters.waiting)


def _open_doors(app: FastAPI) -> None:
    described: dict[str, Any] = {"prefix": API, "dependencies": [Depends(_without_nul)], "responses": ALWAYS}
    # What tablets ask most is looked for first.
    app.include_router(door, **described)
    app.include_router(openrosa)
    scores = (scoring, facts, tracing, previewing, releases)
    kept = (submissions, attached, settling, reviewing, erasing)
    for router in (forms, communities, *kept, *scores, exports, monitoring, access):
        app.include_router(router, **described)
    app.include_router(health)
    app.include_router(traffic)
    app.include_router(web)


def _surround(app: FastAPI) -> None:
    """What every request passes, and how what goes wrong is told."""
    app.add_middleware(LastWord)
    app.add_middleware(SmallBodies)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Requests, prefix=API)
    app.add_exception_handler(Problem, _tell)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_validation)
    app.add_exception_handler(Exception, _tell_mistake)


def _about(app: FastAPI) -> dict[str, str]:
    """Which server, data and versions these are, without a question to the database."""
    return {**app.state.identity(), "database": app.state.database.kind, "version": __version__}


def _library(state: Any) -> Library:
    return Library(state.catalogue, state.areas(), state.frameworks)


def _try_held(state: Any, form_id: str, by: Holder) -> None:
    """Use what waited for the form that was published just now."""
    replay(state.database, lambda: _library(state), datetime.now(UTC), by=by, form_id=form_id)


async def _without_nul(request: Request) -> None:
    """Nothing is named by a text with NUL: PostgreSQL could not keep it, and refuses to look for it."""
    if "\0" in request.scope["path"] or "%00" in request.scope["query_string"].decode("latin-1"):
        raise NotFound


class Told(JSONResponse):
    """A problem may quote a request, whose lone surrogates no answer can hold."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def told(problem: Problem) -> Response:
    return Told(problem.document(), status_code=problem.status, headers=problem.headers)


async def _tell(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    if problem.status >= 500:
        log.error("%s", problem.slug, exc_info=problem)
    return told(problem)


async def _tell_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: NotFound(), 405: MethodNotAllowed(), 413: BodyTooLarge(max_bytes=SMALL_BYTES)}
    answer = told(known.get(error.status_code) or InvalidRequest(where="request", what=str(error.detail)))
    answer.headers.update(error.headers or {})
    return answer


async def _tell_validation(_request: Request, error: Exception) -> Response:
    """Say where and what, but not the value: it may be an answer."""
    assert isinstance(error, RequestValidationError)
    found = [{"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]} for each in error.errors()]
    return told(InvalidRequest(**found[0], errors=found))


async def _tell_mistake(_request: Request, error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    answer = told(InternalError())
    # This answer is made outside of all middleware.
    answer.raw_headers += [*SafeHeaders.HEADERS, SafeHeaders.NO_STORE]
    return answer


class LastWord:
    """Tells a tablet to send again when a server that stops can wait for its request no longer. What the request has
    submitted is committed or not, but nobody is left to say so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except asyncio.CancelledError:
            if begun or scope["type"] != "http":
                raise
            await told(Unavailable())(scope, receive, send)


class SafeHeaders:
    """Headers that every answer carries. Answers of the API are kept by no cache unless a route says otherwise."""

    HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
    )
    NO_STORE = (b"cache-control", b"no-store")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                names = {name.lower() for name, _ in headers}
                headers += [header for header in self.HEADERS if header[0] not in names]
                if b"cache-control" not in names and scope["path"].startswith(API):
                    headers.append(self.NO_STORE)
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


class SmallBodies:
    """Only what brings interviews, files and forms may be large: its route counts the bytes by itself, before and after
    unpacking."""

    LARGE = re.compile(rf"{API}/(?:batches|forms|uploads/[^/]+)|/openrosa/(?:[^/]+/)?submission")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = SMALL_BYTES

        async def receive_little() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
            return message

        small = scope["type"] == "http" and not self.LARGE.fullmatch(scope["path"])
        await self.app(scope, receive_little if small else receive, send)
