"""The door for Prometheus."""

import ipaddress
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials

from app.access.guard import Doorkeeper, bearer
from app.access.policy import Right, may
from app.problems import NotAllowed, TokenMissing, Unavailable, answers
from app.traffic.meters import Meters

router = APIRouter(tags=["server"])


async def _near_or_allowed(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    """Let in whoever asks from this machine; others need a token."""
    if request.client and _is_loopback(request.client.host):
        return
    if credentials is None:
        raise TokenMissing
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    holder = doorkeeper.admit(credentials.credentials, datetime.now(UTC))
    if not may(holder.role, Right.READ_METERS):
        raise NotAllowed(role=str(holder.role))


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=answers(TokenMissing, NotAllowed, Unavailable),
    dependencies=[Depends(_near_or_allowed)],
)
async def metrics(request: Request) -> PlainTextResponse:
    """How the server is doing, for Prometheus: from this machine without a token, from elsewhere with an admin's.
    Nothing here says who was interviewed or what was answered."""
    meters: Meters = request.app.state.meters
    return PlainTextResponse(await run_in_threadpool(meters.exposition))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
