"""The door for letting others in."""

from collections.abc import Callable, Set
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.access.enrol import LONGEST_NAME, enrol, revoke
from app.access.guard import Enroller
from app.access.policy import Right, Role, may
from app.access.tables import Holder
from app.database import Database
from app.problems import BodyTooLarge, InvalidRequest, NameTaken, NotAllowed, answers
from app.settings import Settings

router = APIRouter(tags=["access"])


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


@router.delete("/enrolments/{name}", status_code=204)
def end_enrolment(name: str, request: Request, holder: Enroller) -> None:
    """End every token of that name, at once."""
    state = request.app.state
    only = _in_hands_of(holder, state.areas().within(holder.communities))
    database: Database = state.database
    database.write(lambda session: revoke(session, name, now=datetime.now(UTC), by=holder, only=only))


def _must_have_a_say(holder: Holder, role: Role) -> None:
    if role is not Role.ENUMERATOR and not may(holder.role, Right.ENROL_ANYONE):
        raise NotAllowed(role=str(holder.role))


def _in_hands_of(holder: Holder, mine: Set[str]) -> Callable[[Holder], bool]:
    """Whether somebody is for this holder, who works in `mine`, to enrol and to revoke."""

    def agrees(other: Holder) -> bool:
        has_a_say = other.role is Role.ENUMERATOR or may(holder.role, Right.ENROL_ANYONE)
        return has_a_say and (not holder.communities or (bool(other.communities) and set(other.communities) <= mine))

    return agrees
