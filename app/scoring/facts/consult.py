"""Whose numbers somebody asks for, and the facts and workshops that these go by."""

from collections.abc import Sequence

from app.access.tables import Holder
from app.problems import InvalidRequest
from app.scoring.ask import Server, communities_of
from app.scoring.domains import COMMUNITY, ROUND, crossing
from app.scoring.facts.queries import load_values
from app.scoring.facts.values import Source, Value
from app.scoring.inquiry import Inquiry


def consult(
    server: Server, holder: Holder, inquiry: Inquiry, source: Source, by: Sequence[str], where: str
) -> list[Value]:
    """The values that the holder may see, none where the survey alone is asked for.

    Raises `InvalidRequest` where agreed scores are to be set apart otherwise than workshops agree: on communities in a
    round, and not on the women or the young of one.
    """
    for each in by if source == "agreed" else ():
        if not {*crossing(each)} <= {COMMUNITY, ROUND}:
            raise InvalidRequest(where=where, what=f"'{each}': agreed scores are of a {COMMUNITY} or a {ROUND}.")
    if source == "survey":
        return []
    with server.database.read() as session:
        return load_values(session, inquiry.framework, communities_of(server, holder))
