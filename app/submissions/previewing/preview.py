"""What a framework would change before it is published: kept answers scored by it and by the published version."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, func, select

from app.database import Database
from app.forms.document import canonical_bytes
from app.scoring.answer import described
from app.scoring.catalogue import PublishedFramework, These, prepare
from app.scoring.changes import causes, changes
from app.scoring.estimation import score_rows
from app.scoring.moves import has_moved, moves
from app.scoring.queries import contribution_of
from app.scoring.sums import COMMUNITY, Contribution
from app.scoring.withholding import withhold
from app.submissions.derivation import contribution_rows
from app.submissions.incoming import Library
from app.submissions.lineage import State
from app.submissions.reread import corrections_of, holders_of, reread
from app.submissions.tables import Submission

CHUNK = 200

Told = Callable[[int], None]


@dataclass(frozen=True)
class Draft:
    """A checked framework document beside the published version with which it is compared, of one round or of all,
    within these communities or all."""

    document: Mapping[str, Any]
    against: PublishedFramework
    round: str | None = None
    communities: Collection[str] | None = None


@dataclass
class _Scored:
    """The interviews as each of the two frameworks sees them, and how far they reach."""

    old: list[Contribution] = field(default_factory=list)
    new: list[Contribution] = field(default_factory=list)
    interviews: int = 0
    last_seq: int = 0


def preview(database: Database, library: Library, draft: Draft, tell: Told = lambda _: None) -> dict[str, Any]:
    """Every node's old and new number, for all together and by community, with why it moves. Keeps nothing.

    Both versions score the same interviews, those that count now. `tell` is called with how many are done.
    """
    old, new = draft.against, prepare(canonical_bytes(draft.document))
    scored = _scored(database, library, (old, new), draft.communities, tell)
    found = changes(old.framework, new.framework)
    rows = moves(
        _rows(old, scored.old, draft.round),
        _rows(new, scored.new, draft.round),
        causes(old.framework, new.framework, found),
    )
    labels = {**old.labels, **new.labels}
    return {
        "framework": described(new),
        "against": described(old),
        "round": draft.round,
        "watermark": {"seq": scored.last_seq, "submissions": scored.interviews},
        "changes": [each.document() for each in found],
        "moved": sum(map(has_moved, rows)),
        "rows": [{**row, "label": labels.get(row["node"], {}), "moved": has_moved(row)} for row in rows],
    }


def _rows(published: PublishedFramework, interviews: list[Contribution], round_: str | None) -> list[dict[str, Any]]:
    framework = published.framework
    return withhold(framework, score_rows(framework, interviews, [COMMUNITY], round_))


def _scored(
    database: Database,
    library: Library,
    frameworks: tuple[PublishedFramework, PublishedFramework],
    communities: Collection[str] | None,
    tell: Told,
) -> _Scored:
    # Each takes its answers by itself: a draft may well have the id and the version of what it is compared with.
    readings = [replace(library, frameworks=These(each), _readers={}) for each in frameworks]
    forms = {form_id for each in frameworks for form_id in each.scorer.by_form}
    scored = _Scored()
    for rows in _pages(database, forms, communities):
        with database.read() as session:
            for sink, reading in zip((scored.old, scored.new), readings, strict=True):
                sink.extend(_contributions(session, rows, reading))
        scored.interviews += len(rows)
        scored.last_seq = rows[-1].seq or 0
        tell(scored.interviews)
    return scored


def _pages(database: Database, forms: set[str], communities: Collection[str] | None) -> Iterator[list[Submission]]:
    """The interviews that count when this begins, some at a time, each time with a read of its own."""
    conditions: list[Any] = [
        col(Submission.form_id).in_(forms),
        col(Submission.sha256).is_not(None),
        Submission.state == State.CURRENT,
    ]
    if communities is not None:
        conditions.append(col(Submission.community).in_(communities))
    with database.read() as session:
        until = session.exec(select(func.max(Submission.seq)).where(*conditions)).one() or 0
    after = 0
    while after < until:
        with database.read() as session:
            query = select(Submission).where(*conditions, col(Submission.seq) > after, col(Submission.seq) <= until)
            rows = list(session.exec(query.order_by(col(Submission.seq)).limit(CHUNK)))
            session.expunge_all()
        if not rows:
            return
        yield rows
        after = rows[-1].seq or 0


def _contributions(session: Session, rows: list[Submission], library: Library) -> Iterator[Contribution]:
    corrections = corrections_of(session, [row.instance_id for row in rows])
    holders = holders_of(session, {row.device_id for row in rows if row.device_id})
    for row in rows:
        own = [each.changes for each in corrections.get((row.instance_id, row.sha256 or b""), ())]
        interview = reread(row, own, library, holders[row.device_id]).interview if row.device_id else None
        if interview is not None:
            yield from map(contribution_of, contribution_rows(row.model_dump(), interview))
