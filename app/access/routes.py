"""The door for letting others in."""

from collections.abc import Callable, Set
from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field

from app.access.collect import DRAWN, code_of, settings_of
from app.access.enrol import LONGEST_NAME, enrol, revoke
from app.access.guard import Enroller, Sender, bearer
from app.access.policy import Right, Role, may
from app.access.tables import Holder
from app.database import Database
from app.problems import BodyTooLarge, InvalidRequest, NameTaken, NotAllowed, answers
from app.settings import Settings

router = APIRouter(tags=["access"])


Credentials = Annotated[HTTPAuthorizationCredentials, Depends(bearer)]


def _picture(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "A QR code. It holds the token.", "content": {media_type: {}}}}


class EnrolmentIn(BaseModel):
    """Whom to let in. No communities means all that the caller works in."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    role: Role
    communities: list[str] = []


class EnrolmentOut(BaseModel):
    """The token is shown here and never again."""

    name: str
    role: Role
    communities: list[str]
    token: str


@router.post("/enrolments", status_code=201, responses=answers(NameTaken, BodyTooLarge))
def enrolments(asked: EnrolmentIn, request: Request, holder: Enroller) -> EnrolmentOut:
    """Give a person, a tablet or a programme a token. Coordinators enrol enumerators within their communities."""
    _must_have_a_say(holder, asked.role)
    state = request.app.state
    settings: Settings = state.settings
    communities = asked.communities or holder.communities
    areas = state.areas()
    if holder.communities and not set(communities) <= areas.within(holder.communities):
        raise NotAllowed(role=str(holder.role))
    if unknown := sorted(set(asked.communities) - areas.keys()):
        raise InvalidRequest(where="body.communities", what=f"no community {', '.join(unknown)} is published.")
    database: Database = state.database
    token = database.write(
        lambda session: enrol(
            session,
            asked.name,
            asked.role,
            communities,
            now=datetime.now(UTC),
            days=settings.token_days,
            by=holder,
            only=_in_hands_of(holder, areas.within(holder.communities)),
        )
    )
    return EnrolmentOut(name=asked.name, role=asked.role, communities=communities, token=token)


@router.get("/collect-settings.svg", responses=_picture("image/svg+xml"))
def collect_settings_svg(request: Request, holder: Sender, credentials: Credentials) -> Response:
    """A QR code that sets ODK Collect or KoboCollect to send here with the caller's own token."""
    return _code(request, holder, credentials, "svg", "image/svg+xml")


@router.get("/collect-settings.png", responses=_picture("image/png"))
def collect_settings_png(request: Request, holder: Sender, credentials: Credentials) -> Response:
    """The same code as a picture of dots."""
    return _code(request, holder, credentials, "png", "image/png")


@router.delete("/enrolments/{name}", status_code=204)
def end_enrolment(name: str, request: Request, holder: Enroller) -> None:
    """End every token of that name, at once."""
    state = request.app.state
    only = _in_hands_of(holder, state.areas().within(holder.communities))
    database: Database = state.database
    database.write(lambda session: revoke(session, name, now=datetime.now(UTC), by=holder, only=only))


def _code(request: Request, holder: Holder, credentials: Credentials, kind: str, media_type: str) -> Response:
    settings: Settings = request.app.state.settings
    address = settings.public_url or str(request.base_url)
    picture = BytesIO()
    code_of(settings_of(address, holder.name, credentials.credentials)).save(picture, kind=kind, **DRAWN)
    return Response(picture.getvalue(), media_type=media_type)


def _must_have_a_say(holder: Holder, role: Role) -> None:
    if role is not Role.ENUMERATOR and not may(holder.role, Right.ENROL_ANYONE):
        raise NotAllowed(role=str(holder.role))


def _in_hands_of(holder: Holder, mine: Set[str]) -> Callable[[Holder], bool]:
    """Whether somebody is for this holder, who works in `mine`, to enrol and to revoke."""

    def agrees(other: Holder) -> bool:
        has_a_say = other.role is Role.ENUMERATOR or may(holder.role, Right.ENROL_ANYONE)
        return has_a_say and (not holder.communities or (bool(other.communities) and set(other.communities) <= mine))

    return agrees
