"""What a framework would change before it is published: kept answers scored by it and by the published version."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, func, or_, select

from app.database import Database
from app.forms.document import canonical_bytes
from app.scoring.catalogue import PublishedFramework, These, prepare
from app.scoring.changes import causes, changes
from app.scoring.contribution import Contribution
from app.scoring.domains import COMMUNITY
from app.scoring.inquiry import Inquiry, Scope, sensitive_in
from app.scoring.interviews import interview
from app.scoring.moves import has_moved, moves
from app.scoring.queries import Contributions
from app.scoring.sums import Sample
from app.scoring.tell import tell_scores
from app.submissions.derivation import contribution_rows
from app.submissions.incoming import Library
from app.submissions.lineage import State
from app.submissions.reread import corrections_of, holders_of, reread
from app.submissions.review_state import ReviewState
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
class _Read:
    """The interviews as each of the two frameworks scores them, and the numbers of those that are asked about."""

    old: list[Contribution] = field(default_factory=list)
    new: list[Contribution] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)


def preview(database: Database, library: Library, draft: Draft, tell: Told = lambda _: None) -> dict[str, Any]:
    """Every node's old and new number, for all together and by community, with why it moves. Keeps nothing.

    Both versions score the same interviews, those that count now. `tell` is called with how many are done.
    """
    old, new = draft.against, prepare(canonical_bytes(draft.document))
    read = _read(database, library, (old, new), draft.communities, tell)
    before = tell_scores(_inquiry(old, read.old, draft, library), [COMMUNITY])
    after = tell_scores(_inquiry(new, read.new, draft, library), [COMMUNITY])
    found = changes(old.framework, new.framework)
    rows = moves(before["scores"], after["scores"], causes(old.framework, new.framework, found))
    labels = {**old.labels, **new.labels}
    return {
        "framework": after["framework"],
        "against": before["framework"],
        "round": draft.round,
        "watermark": {"seq": max(read.seqs, default=0), "submissions": len(read.seqs)},
        "changes": [each.document() for each in found],
        "moved": sum(map(has_moved, rows)),
        "rows": [{**row, "label": labels.get(row["node"], {}), "moved": has_moved(row)} for row in rows],
    }


def _inquiry(published: PublishedFramework, interviews: list[Contribution], draft: Draft, library: Library) -> Inquiry:
    """The inquiry that these interviews answer. All of them are the sample, so that errors are those of `/scores`."""
    framework, mine = published.framework, draft.communities
    own = interviews if mine is None else [each for each in interviews if each.community in mine]
    found = Contributions(Sample.of(framework, own), 0, None)
    design = Sample.of(framework, interviews).design()
    forms = {form_id: library.catalogue.versions(form_id).values() for form_id in published.scorer.by_form}
    return Inquiry(published, Scope(draft.round), found, found, design, sensitive_in(framework, forms))


def _read(
    database: Database,
    library: Library,
    frameworks: tuple[PublishedFramework, PublishedFramework],
    communities: Collection[str] | None,
    tell: Told,
) -> _Read:
    # Each takes its answers by itself: a draft may well have the id and the version of what it is compared with.
    readings = [replace(library, frameworks=These(each), _readers={}) for each in frameworks]
    forms = {form_id for each in frameworks for form_id in each.scorer.by_form}
    read, done = _Read(), 0
    for rows in _pages(database, forms):
        with database.read() as session:
            for sink, reading, published in zip((read.old, read.new), readings, frameworks, strict=True):
                order = published.framework.order()
                sink += [interview(order, each).contribution for each in _rows(session, rows, reading)]
        read.seqs += [row.seq or 0 for row in rows if communities is None or row.community in communities]
        done += len(rows)
        tell(done)
    return read


def _pages(database: Database, forms: set[str]) -> Iterator[list[Submission]]:
    """The interviews that count when this begins, some at a time, each time with a read of its own."""
    conditions: list[Any] = [
        col(Submission.form_id).in_(forms),
        col(Submission.sha256).is_not(None),
        Submission.state == State.CURRENT,
        or_(col(Submission.review).is_(None), col(Submission.review) != ReviewState.REJECTED),
    ]
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


def _rows(session: Session, rows: list[Submission], library: Library) -> Iterator[dict[str, Any]]:
    """As they would stand in `ScoredInterview`."""
    corrections = corrections_of(session, [row.instance_id for row in rows])
    holders = holders_of(session, {row.device_id for row in rows if row.device_id})
    for row in rows:
        own = [each.changes for each in corrections.get((row.instance_id, row.sha256 or b""), ())]
        interview = reread(row, own, library, holders[row.device_id]).interview if row.device_id else None
        if interview is not None:
            yield from contribution_rows(row.model_dump(), interview)
