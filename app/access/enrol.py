"""Letting people, devices and programmes in, and shutting them out again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.access import audit
from app.access.digest import secrets_of
from app.access.policy import Role
from app.access.tables import Holder, Token
from app.access.tokens import new_token, token_hash
from app.database import changed
from app.problems import InvalidRequest, NameTaken, NotFound

LONGEST_NAME = 100


def enrol(
    session: Session,
    name: str,
    role: Role,
    communities: Sequence[str],
    *,
    now: datetime,
    days: int,
    by: Holder | None = None,
    synthetic: bool = False,
    only: Callable[[Holder], bool] = lambda _: True,
) -> str:
    """Give `name` a token, which is returned here and never again. A revoked name may be enrolled anew.

    Raises `InvalidRequest` for a name that no address can hold, and `NameTaken` while the name has a valid token or
    belongs to somebody whom `only` does not agree to: what its holder has sent goes with the name.
    """
    if not (name.isprintable() and 0 < len(name) <= LONGEST_NAME and "/" not in name and name == name.strip()):
        raise InvalidRequest(where="name", what=f"give 1 to {LONGEST_NAME} printable characters without '/'.")
    holder = session.exec(select(Holder).where(Holder.name == name)).first()
    if holder is None:
        holder = Holder(name=name, role=role)
    elif not only(holder) or _valid_tokens(session, holder, now):
        raise NameTaken(name=name)
    holder.role, holder.communities, holder.synthetic = role, list(communities), synthetic
    token = new_token()
    digests = secrets_of(name, token)
    session.add(holder)
    session.flush()
    session.add(
        Token(
            hash=token_hash(token),
            holder_id=holder.id,
            issued_at=now,
            expires_at=now + timedelta(days=days),
            digest_md5=digests["MD5"],
            digest_sha256=digests["SHA-256"],
        )
    )
    details = {"role": role, "communities": list(communities), "days": days}
    audit.record(session, now, by, "token_issued", name, **details)
    changed(session)
    return token


def revoke(
    session: Session,
    name: str,
    *,
    now: datetime,
    by: Holder | None = None,
    only: Callable[[Holder], bool] = lambda _: True,
) -> int:
    """End every valid token of `name`, at once and everywhere. Returns how many.

    Raises `NotFound` when there is no such name, or none that `only` agrees to.
    """
    holder = session.exec(select(Holder).where(Holder.name == name)).first()
    if holder is None or not only(holder):
        raise NotFound
    tokens = _valid_tokens(session, holder, now)
    for token in tokens:
        token.revoked_at = now
        session.add(token)
    audit.record(session, now, by, "token_revoked", name, tokens=len(tokens))
    changed(session)
    return len(tokens)


def _valid_tokens(session: Session, holder: Holder, now: datetime) -> Sequence[Token]:
    valid = select(Token).where(Token.holder_id == holder.id, col(Token.revoked_at).is_(None), Token.expires_at > now)
    return session.exec(valid).all()
