"""Rights as types: a route that names `May[Right.…]`-like types in its signature cannot be entered without them."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, get_args, get_type_hints

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session, col, select

from app.access.digest import Credentials
from app.access.policy import Right, may
from app.access.tables import Holder, Token
from app.access.tokens import token_hash
from app.database import Database, Snapshot
from app.problems import NotAllowed, TokenMissing

bearer = HTTPBearer(auto_error=False, description="A token from `tangguh enrol`.")


@dataclass(frozen=True)
class Pass:
    """What a valid token says. The secrets are those of Digest authentication, by algorithm."""

    holder: Holder
    expires_at: datetime
    secrets: Mapping[str, bytes | None] = field(repr=False)


@dataclass(frozen=True)
class Passes:
    by_hash: Mapping[bytes, Pass]
    by_name: Mapping[str, Sequence[Pass]]


class Doorkeeper:
    """Knows the valid tokens. A revocation by any process counts from its commit on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._passes = Snapshot(database, _load_passes)

    def admit(self, token: str, now: datetime) -> Holder:
        """The holder of this token. Raises `TokenMissing` unless it is known, unrevoked and unexpired."""
        wanted = token_hash(token)
        known = self._passes().by_hash.get(wanted)
        if known is None:
            # It may have been given a moment ago by another process, whose word of change is still on its way.
            self._database.look_again()
            known = self._passes().by_hash.get(wanted)
        if known is None or known.expires_at <= now:
            raise TokenMissing
        return known.holder

    def vouch(self, credentials: Credentials, method: str, now: datetime) -> Holder:
        """The holder whose name and token these credentials were made of. Raises `TokenMissing`."""
        for known in self._passes().by_name.get(credentials.username, ()):
            secret = known.secrets[credentials.algorithm]
            if secret and known.expires_at > now and credentials.match(secret, method):
                return known.holder
        raise TokenMissing


def _load_passes(session: Session) -> Passes:
    valid = select(Token, Holder).join(Holder).where(col(Token.revoked_at).is_(None))
    rows = session.exec(valid).all()
    session.expunge_all()
    by_hash: dict[bytes, Pass] = {}
    by_name: dict[str, list[Pass]] = {}
    for token, holder in rows:
        secrets = {"MD5": token.digest_md5, "SHA-256": token.digest_sha256}
        by_hash[token.hash] = Pass(holder, token.expires_at, secrets)
        by_name.setdefault(holder.name, []).append(by_hash[token.hash])
    return Passes(by_hash, by_name)


async def _holder(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Holder:
    if credentials is None:
        raise TokenMissing
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    holder = doorkeeper.admit(credentials.credentials, datetime.now(UTC))
    request.state.holder_id = holder.id
    return holder


AnyHolder = Annotated[Holder, Depends(_holder)]


class Needs:
    """A dependency that lets in the holders of any of these rights and nobody else."""

    def __init__(self, *rights: Right) -> None:
        self.rights = rights

    async def __call__(self, holder: AnyHolder) -> Holder:
        if not any(may(holder.role, right) for right in self.rights):
            raise NotAllowed(role=str(holder.role))
        return holder


class DirectRoute(APIRoute):
    """A route whose endpoint takes `request` and `holder`, reads the request itself and makes its own response.

    FastAPI describes it as any other, but does not solve its dependencies: that takes longer than to read an interview.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        _, guard = get_args(get_type_hints(self.endpoint, include_extras=True)["holder"])
        needs: Needs = guard.dependency

        async def handle(request: Request) -> Response:
            holder = await needs(await self.holder_of(request))
            answer: Response = await self.endpoint(request, holder)
            return answer

        return handle

    async def holder_of(self, request: Request) -> Holder:
        return await _holder(request, await bearer(request))


CommunityReader = Annotated[Holder, Depends(Needs(Right.READ_COMMUNITIES))]
FormReader = Annotated[Holder, Depends(Needs(Right.READ_FORMS))]
FormPublisher = Annotated[Holder, Depends(Needs(Right.PUBLISH_FORMS))]
XlsFormReader = Annotated[Holder, Depends(Needs(Right.READ_FORMS, Right.PUBLISH_FORMS))]
Sender = Annotated[Holder, Depends(Needs(Right.SEND_INTERVIEWS))]
SubmissionReader = Annotated[Holder, Depends(Needs(Right.READ_SUBMISSIONS, Right.READ_OWN_SUBMISSIONS))]
FieldworkReader = Annotated[Holder, Depends(Needs(Right.SEE_FIELDWORK))]
FieldworkSettler = Annotated[Holder, Depends(Needs(Right.SETTLE_FIELDWORK))]
Eraser = Annotated[Holder, Depends(Needs(Right.ERASE))]
ExportReader = Annotated[Holder, Depends(Needs(Right.READ_EXPORTS))]
ScoreReader = Annotated[Holder, Depends(Needs(Right.READ_SCORES))]
FrameworkAuthor = Annotated[Holder, Depends(Needs(Right.PREVIEW_FRAMEWORKS))]
Releaser = Annotated[Holder, Depends(Needs(Right.PUBLISH_RELEASES))]
FactReader = Annotated[Holder, Depends(Needs(Right.READ_FACTS))]
FactRecorder = Annotated[Holder, Depends(Needs(Right.RECORD_FACTS))]
Enroller = Annotated[Holder, Depends(Needs(Right.ENROL_ENUMERATORS, Right.ENROL_ANYONE))]
