"""Using what was held, as if it had just come: with its own id, its tablet, its time of arrival, and a new number."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from app.access import audit
from app.access.tables import Holder
from app.database import Database, take_seqs
from app.problems import Erased, InConflict, Problem
from app.submissions import queries
from app.submissions.derivation import contribution_rows, derived
from app.submissions.incoming import Library
from app.submissions.item import Incoming, Interview
from app.submissions.lineage import State
from app.submissions.receipt import Status
from app.submissions.reread import corrections_of, holders_of, reread
from app.submissions.revisions import settle_again
from app.submissions.settling.moment import write_by_library
from app.submissions.tables import SetAside

CHUNK = 200

PROVENANCE = ("instance_id", "sha256", "raw", "device_id", "device_seq", "synthetic", "batch_id", "received_at")
"""Who brought the content and when. No replay and no resolution changes it."""


@dataclass
class Outcome:
    """What became of a content that was tried: its status, and the flags or the problem that a receipt would name."""

    row: SetAside
    incoming: Incoming
    status: Status = Status.HELD
    problem: Problem | None = None
    seq: int | None = None

    @property
    def interview(self) -> Interview:
        assert self.incoming.interview is not None
        return self.incoming.interview


Conditions = Callable[[Session], Sequence[Any]]


def replay(
    database: Database,
    library: Callable[[], Library],
    now: dt.datetime,
    *,
    by: Holder | None = None,
    form_id: str | None = None,
    only: Conditions = lambda _: (),
    tell: Callable[[int], None] = lambda _: None,
) -> Counter[Status]:
    """Try everything that is held, or what form and conditions leave of it. Returns how many ended in which status.

    Each chunk is one transaction, so that interviews keep coming in beside it.
    """
    tally: Counter[Status] = Counter()
    of_form = [] if form_id is None else [col(SetAside.form_id) == form_id]
    last_seq: int | None = 0
    while last_seq is not None:

        def work(session: Session, published: Library, after: int = last_seq) -> tuple[int | None, list[Status]]:
            rows = held(session, [col(SetAside.seq) > after, *of_form, *only(session)])
            following = rows[-1].seq if len(rows) == CHUNK else None
            return following, [outcome.status for outcome in use(session, rows, published, now, by)]

        last_seq, statuses = write_by_library(database, library, work)
        tally.update(statuses)
        tell(tally.total())
    return tally


def held(session: Session, conditions: Iterable[Any], limit: int = CHUNK) -> Sequence[SetAside]:
    """What waits for its replay, in the order of arrival. Nobody else can settle or correct it until we have."""
    query = select(SetAside).where(col(SetAside.kind) == "held", col(SetAside.settled_at).is_(None), *conditions)
    query = query.order_by(col(SetAside.seq)).limit(limit).with_for_update()
    # Works of one group share a session, which may still hold a row as an earlier work has left it.
    return session.exec(query, execution_options={"populate_existing": True}).all()


def use(
    session: Session, rows: Sequence[SetAside], library: Library, now: dt.datetime, by: Holder | None
) -> list[Outcome]:
    """Try these contents. What can be used counts from now on, or waits in conflict; the rest stays held."""
    ids = {row.instance_id for row in rows}
    if not ids:
        return []
    corrections = corrections_of(session, ids)
    brought_by = holders_of(session, {row.device_id for row in rows})
    outcomes = []
    for row in rows:
        changes = [each.changes for each in corrections.get((row.instance_id, row.sha256), ())]
        outcomes.append(Outcome(row, reread(row, changes, library, brought_by[row.device_id])))
    _judge(session, outcomes)
    _keep(session, [each for each in outcomes if each.status in (Status.ACCEPTED, Status.EDITED)], now)
    used = Counter(str(outcome.status) for outcome in outcomes if outcome.status is not Status.HELD)
    if used:
        audit.record(session, now, by, "held_replayed", f"{used.total()} interviews", **used)
    return outcomes


def _judge(session: Session, outcomes: Sequence[Outcome]) -> None:
    taken = set(queries.known(session, {outcome.row.instance_id for outcome in outcomes}).first)
    for outcome in outcomes:
        row, interview = outcome.row, outcome.incoming.interview
        if interview is None:
            outcome.problem = outcome.incoming.problem
            row.reason = outcome.problem.slug if outcome.problem else row.reason
        elif row.instance_id in taken:
            outcome.status, outcome.problem = Status.CONFLICT, InConflict()
            row.kind, row.reason = str(Status.CONFLICT), InConflict.slug
            row.form_id, row.version, row.community = interview.form_id, interview.version, interview.community
        else:
            taken.add(row.instance_id)
            outcome.status = Status.EDITED if interview.deprecated_id else Status.ACCEPTED


def _keep(session: Session, usable: Sequence[Outcome], now: dt.datetime) -> None:
    if not usable:
        return
    rows = [
        {"state": State.CURRENT, "review": None, **provenance(outcome.row), "seq": seq, **derived(outcome.interview)}
        for outcome, seq in zip(usable, take_seqs(session, len(usable)), strict=True)
    ]
    inserted = queries.insert_submissions(session, sorted(rows, key=lambda row: row["instance_id"].bytes))
    contributions: list[dict[str, Any]] = []
    for outcome, row in zip(usable, rows, strict=True):
        if outcome.row.instance_id in inserted.lost:
            # Other content of the same id came in between. This one is tried against it next time.
            outcome.status = Status.HELD
            continue
        outcome.row.settled_at, outcome.seq = now, row["seq"]
        contributions += contribution_rows(row, outcome.interview)
    if contributions:
        queries.insert_contributions(session, contributions)
    _settle([each for each in usable if each.row.instance_id not in inserted.lost], inserted.announced, session)


def _settle(kept: Sequence[Outcome], announced: Collection[uuid.UUID], session: Session) -> None:
    edits = [outcome for outcome in kept if outcome.interview.deprecated_id]
    touched = {outcome.row.instance_id for outcome in edits} | set(announced)
    if not touched:
        return
    originals = {outcome.interview.deprecated_id for outcome in edits}
    after = settle_again(session, touched, [each for each in originals if each])
    for outcome in edits:
        if after[outcome.row.instance_id] == State.CONFLICT:
            outcome.status, outcome.problem = Status.CONFLICT, InConflict()
        elif after[outcome.row.instance_id] == State.ERASED:
            outcome.problem = Erased()


def provenance(row: Any) -> dict[str, Any]:
    """The columns of a content that its bytes cannot tell."""
    return {name: getattr(row, name) for name in PROVENANCE}
