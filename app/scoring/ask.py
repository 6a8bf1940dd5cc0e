"""Opening an inquiry for somebody: which framework is meant, whose communities, and what may be crossed."""

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from app.access.tables import Holder
from app.communities.areas import Areas
from app.database import Database
from app.forms.catalogue import Catalogue
from app.problems import InvalidRequest
from app.scoring.assessments import load_completeness
from app.scoring.catalogue import Frameworks
from app.scoring.domains import MOST, ROUND, Crossing, dimensions
from app.scoring.inquiry import Inquiry, Scope, inquire

EVERYTHING = Scope()


class Server(Protocol):
    """What a running server has at hand."""

    database: Database
    catalogue: Catalogue
    frameworks: Frameworks

    def areas(self) -> Areas: ...


def ask(
    server: Server, holder: Holder, framework: str | None, version: str | None, scope: Scope = EVERYTHING
) -> Inquiry:
    """The inquiry of this holder to a published version. Raises `UnknownFramework`."""
    return ask_within(server, communities_of(server, holder), framework, version, scope)


def ask_within(
    server: Server,
    communities: Collection[str] | None,
    framework: str | None,
    version: str | None,
    scope: Scope = EVERYTHING,
) -> Inquiry:
    """The inquiry of somebody who may see these communities, None meaning all. Raises `UnknownFramework`."""
    published = server.frameworks.named(framework, version)
    forms = {form_id: server.catalogue.versions(form_id).values() for form_id in published.scorer.by_form}
    with server.database.read() as session:
        inquiry = inquire(session, published, scope, communities, forms)
        complete = load_completeness(session, server.frameworks, published, communities, scope)
    return replace(inquiry, completeness=complete)


def communities_of(server: Server, holder: Holder) -> Collection[str] | None:
    """The communities that the holder may see; None means all."""
    return server.areas().within(holder.communities) if holder.communities else None


def check_names(inquiry: Inquiry, names: Crossing, where: str, most: int = MOST) -> None:
    """Raises `InvalidRequest` for an unknown dimension, and for more than `most` at once, the round being one."""
    known = dimensions(inquiry.framework)
    for name in names:
        if name not in known:
            raise InvalidRequest(where=where, what=f"'{name}' is none of {', '.join(known)}.")
    if len({*names, *inquiry.restriction}) > most:
        told = "*".join(names) + (f" within a {ROUND}" if inquiry.restriction else "")
        limit = f"{most} dimension" + ("s" if most > 1 else "")
        raise InvalidRequest(where=where, what=f"'{told}' sets more than {limit} apart at once.")
