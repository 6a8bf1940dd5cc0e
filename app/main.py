"""The application: rooms behind their doors, problems told in one way."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.access.guard import Doorkeeper
from app.access.routes import router as access
from app.communities.queries import load_areas
from app.communities.routes import router as communities
from app.database import Snapshot, load_identity, serving
from app.exports.routes import router as exports
from app.forms.catalogue import Catalogue
from app.forms.routes import router as forms
from app.monitoring.routes import health
from app.monitoring.routes import router as monitoring
from app.problems import InternalError, InvalidRequest, MethodNotAllowed, NotFound, Problem, Unavailable
from app.scoring.catalogue import Frameworks
from app.scoring.facts.routes import router as facts
from app.scoring.routes import router as scoring
from app.settings import Settings
from app.submissions.protocol import BatchIn
from app.submissions.routes import router as submissions
from app.traffic.connections import Pace
from app.traffic.load import Load
from app.traffic.meters import Meters
from app.traffic.requests import Requests
from app.traffic.routes import router as traffic
from app.web.routes import router as web

log = logging.getLogger("tangguh")

API = "/api/v1"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application over the database of these settings, which must have been migrated."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        with serving(settings.database_url, settings.database_connections) as database:
            app.state.settings = settings
            app.state.database = database
            app.state.identity = Snapshot(database, load_identity)
            app.state.doorkeeper = Doorkeeper(database)
            app.state.areas = Snapshot(database, load_areas)
            app.state.catalogue = Catalogue(database)
            app.state.frameworks = Frameworks(database)
            meters = app.state.meters = Meters(partial(_about, app))
            database.on_commit(meters.committed)
            app.state.load = Load(settings.max_bytes, settings.max_bytes_in_flight, meters.in_flight, meters.waiting)
            yield {"pace": Pace.of(settings, lambda why: meters.closed.labels(why).inc())}

    app = FastAPIOffline(
        # ReDoc shows a picture from its maker's server; Swagger UI loads nothing from elsewhere.
        redoc_url=None,
        title="Tangguh",
        version=__version__,
        summary="Questionnaires out, interviews in exactly once, scores that explain themselves.",
        lifespan=lifespan,
    )
    for router in (forms, communities, submissions, scoring, facts, exports, monitoring, access):
        app.include_router(router, prefix=API, dependencies=[Depends(_without_nul)])
    app.include_router(health)
    app.include_router(traffic)
    app.include_router(web)
    app.add_middleware(LastWord)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Requests, prefix=API)
    app.add_exception_handler(Problem, _tell)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_validation)
    app.add_exception_handler(Exception, _tell_mistake)
    _describe_wire(app)
    return app


def _about(app: FastAPI) -> dict[str, str]:
    """Which server, data and versions these are, without a question to the database."""
    return {**app.state.identity(), "database": app.state.database.kind, "version": __version__}


async def _without_nul(request: Request) -> None:
    """Nothing is named by a text with NUL: PostgreSQL could not keep it, and refuses to look for it."""
    if "\0" in request.scope["path"] or "%00" in request.scope["query_string"].decode("latin-1"):
        raise NotFound


def told(problem: Problem) -> Response:
    return JSONResponse(
        problem.document(),
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


async def _tell(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    if problem.status >= 500:
        log.error("%s", problem.slug, exc_info=problem)
    return told(problem)


async def _tell_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = MethodNotAllowed() if error.status_code == 405 else NotFound()
    if error.status_code not in (404, 405):
        return told(InvalidRequest(where="request", what=str(error.detail)))
    answer = told(problem)
    answer.headers.update(error.headers or {})
    return answer


async def _tell_validation(_request: Request, error: Exception) -> Response:
    """Say where and what, but not the value: it may be an answer."""
    assert isinstance(error, RequestValidationError)
    found = [{"where": ".".join(str(part) for part in each["loc"]), "what": each["msg"]} for each in error.errors()]
    return told(InvalidRequest(**found[0], errors=found))


async def _tell_mistake(_request: Request, error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return told(InternalError())


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

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                names = {name.lower() for name, _ in headers}
                headers += [header for header in self.HEADERS if header[0] not in names]
                if b"cache-control" not in names and scope["path"].startswith(API):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


def _describe_wire(app: FastAPI) -> None:
    """Enter the batch's shape in OpenAPI: its route takes the raw body, so that FastAPI does not know it."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        schema = generate()
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        shape = BatchIn.model_json_schema(ref_template="#/components/schemas/{model}")
        components.update(shape.pop("$defs", {}))
        components["BatchIn"] = shape
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
