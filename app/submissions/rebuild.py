"""Making everything derived anew from the kept raw bytes, or only comparing."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from app.access.tables import Holder
from app.database import Database
from app.forms.instances import is_instance
from app.problems import Problem
from app.scoring import journal, keep
from app.scoring.publish import mark_scored, unscored
from app.scoring.tables import ScoredInterview
from app.submissions import queries
from app.submissions.derivation import contribution_rows, derived
from app.submissions.destroy import Order, destroy
from app.submissions.identity import Unreadable, content_hash
from app.submissions.incoming import Library, Source, interpret, score
from app.submissions.item import Interview
from app.submissions.lineage import Revision, State, settle
from app.submissions.reread import Changes, corrections_of, reread
from app.submissions.review_state import ReviewState
from app.submissions.reviews import last_word, reviews_of
from app.submissions.rulings import rulings_of, under
from app.submissions.tables import SetAside, Submission

CHUNK = 200


@dataclass(frozen=True)
class Rebuilding:
    """What to derive again, by what is published now. With `check` nothing is written, only compared."""

    library: Library
    check: bool
    forms: Collection[str] | None = None


@dataclass
class Progress:
    """How far a rebuilding has come, and how many of each kind differed."""

    interviews: int = 0
    last_seq: int = 0
    differences: Counter[str] = field(default_factory=Counter)


def rebuild(database: Database, task: Rebuilding, tell: Callable[[Progress], None] = lambda _: None) -> Progress:
    """Derive again what is kept. Each chunk is one transaction, so that interviews keep coming in beside it."""
    progress = Progress()
    while _chunk(database, task, progress) == CHUNK:
        tell(progress)
    tell(progress)
    _run(database, task, lambda session: _withdraw_strays(session, task, progress))
    _run(database, task, lambda session: _settle_all(session, task, progress))
    _run(database, task, lambda session: _finish_erasures(session, task, progress))
    _compare_sums(database, task, progress)
    return progress


def _compare_sums(database: Database, task: Rebuilding, progress: Progress) -> None:
    with database.read() as session:
        cells = keep.differing(session)
    if cells:
        progress.differences["kept_sums"] += cells
        if not task.check:
            database.write(keep.start_again)
    if not task.check:
        count_all(database)


def count_all(database: Database) -> None:
    """Count every interview that waits for it, and leave all sums in their cells."""
    while database.write(keep.catch_up):
        pass
    database.write(journal.fold)


def score_new_frameworks(
    database: Database, library: Library, tell: Callable[[Progress], None] = lambda _: None
) -> int:
    """Score what was kept before a framework was published; after an interruption the next call does it anew.

    Returns how many interviews were looked at.
    """
    with database.read() as session:
        versions = unscored(session)
    if not versions:
        return 0
    forms = {
        form_id
        for each in versions
        if (published := library.frameworks.find(each.framework_id, each.version))
        for form_id in published.scorer.by_form
    }
    progress = rebuild(database, Rebuilding(library, check=False, forms=forms), tell)
    database.write(lambda session: mark_scored(session, versions))
    return progress.interviews


def _run(database: Database, task: Rebuilding, work: Callable[[Session], int]) -> int:
    if not task.check:
        return database.write(work)
    with database.read() as session:
        return work(session)


def _chunk(database: Database, task: Rebuilding, progress: Progress) -> int:
    found = Progress(last_seq=progress.last_seq)

    def work(session: Session) -> int:
        found.differences.clear()
        rows = _next_rows(session, task, progress.last_seq)
        contributed = _contributed(session, rows)
        corrections = corrections_of(session, [row.instance_id for row in rows])
        reviews = reviews_of(session, [row.instance_id for row in rows])
        for row in rows:
            review = last_word(reviews, row.instance_id, row.sha256 or b"")
            changes = [each.changes for each in corrections.get((row.instance_id, row.sha256 or b""), ())]
            contributions = contributed.get(row.seq, [])
            _derive(session, row, changes, review, contributions, task, found.differences)
        found.last_seq = rows[-1].seq or 0 if rows else progress.last_seq
        return len(rows)

    count = _run(database, task, work)
    progress.interviews += count
    progress.last_seq = found.last_seq
    progress.differences += found.differences
    return count


def _next_rows(session: Session, task: Rebuilding, after: int) -> Sequence[Submission]:
    query = select(Submission).where(col(Submission.seq) > after, col(Submission.sha256).is_not(None))
    if task.forms is not None:
        query = query.where(col(Submission.form_id).in_(task.forms))
    if not task.check and session.get_bind().dialect.name == "postgresql":
        query = query.with_for_update()
    return session.exec(query.order_by(col(Submission.seq)).limit(CHUNK)).all()


def _contributed(session: Session, rows: Sequence[Submission]) -> dict[int | None, list[ScoredInterview]]:
    found: dict[int | None, list[ScoredInterview]] = {}
    for each in session.exec(select(ScoredInterview).where(col(ScoredInterview.seq).in_([row.seq for row in rows]))):
        found.setdefault(each.seq, []).append(each)
    return found


def _derive(
    session: Session,
    row: Submission,
    changes: Sequence[Changes],
    review: ReviewState | None,
    contributed: list[ScoredInterview],
    task: Rebuilding,
    differences: Counter[str],
) -> None:
    holder = session.get(Holder, row.device_id)
    interview = _interpreted(row, changes, task.library, holder) if holder else None
    if holder is None or interview is None:
        differences["cannot_be_read_any_more"] += 1
        return
    if not _is_as_received(row, changes, task.library, holder):
        differences["raw_bytes"] += 1
    wanted = {**derived(interview), "review": review}
    columns = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if columns:
        differences["submission"] += 1
        if not task.check:
            session.execute(update(Submission).where(col(Submission.instance_id) == row.instance_id).values(**columns))
    counts, approved = queries.counts(row.state, review), review is ReviewState.APPROVED
    expected = contribution_rows(row.model_dump(), interview, counts=counts, approved=approved)
    if _comparable(expected) != _comparable([each.model_dump(exclude={"summed"}) for each in contributed]):
        differences["contribution"] += 1
        if not task.check:
            queries.withdraw_contributions(session, [row.instance_id])
            if expected:
                queries.insert_contributions(session, expected)


def _interpreted(row: Submission, changes: Sequence[Changes], library: Library, holder: Holder) -> Interview | None:
    if changes or is_instance(row.raw or b""):
        return reread(row, changes, library, holder).interview
    published = library.catalogue.find(row.form_id or "", row.version)
    if published is None or row.received_at is None:
        return None
    try:
        interview = interpret(published, _answers(row), library, Source(holder, row.received_at))
        score(interview, row.instance_id, library)
    except (Problem, Unreadable, ValueError, KeyError):
        return None
    interview.deprecated_id = row.deprecated_id
    return interview


def _is_as_received(row: Submission, changes: Sequence[Changes], library: Library, holder: Holder) -> bool:
    if changes or is_instance(row.raw or b""):
        return reread(row, (), library, holder).is_content(row.sha256)
    try:
        return content_hash(row.form_id or "", row.version or "", row.deprecated_id, _answers(row)) == row.sha256
    except Unreadable:
        return False


def _answers(row: Submission) -> dict[str, Any]:
    answers: dict[str, Any] = orjson.loads(row.raw or b"{}")["answers"]
    return answers


def _comparable(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """By framework version. Scores are compared as the numbers that they are."""
    return {
        (row["framework_id"], row["framework_version"]): {**row, "content": _loaded(row["content"])} for row in rows
    }


def _loaded(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content


def _withdraw_strays(session: Session, task: Rebuilding, progress: Progress) -> int:
    found = queries.strays(session)
    if found:
        progress.differences["contribution"] += found
        if not task.check:
            queries.withdraw_strays(session)
    return found


def _settle_all(session: Session, task: Rebuilding, progress: Progress) -> int:
    """The state of every revision: of families by their links, of all others `current`."""
    edited = select(Submission.deprecated_id).where(col(Submission.deprecated_id).is_not(None))
    rows = session.exec(
        select(Submission.instance_id, Submission.deprecated_id, Submission.seq, Submission.state).where(
            col(Submission.state) != State.ERASED,
            or_(
                col(Submission.deprecated_id).is_not(None),
                col(Submission.instance_id).in_(edited),
                col(Submission.state) != State.CURRENT,
            ),
        )
    ).all()
    states = {Revision(i, deprecated_id, seq): State(state) for i, deprecated_id, seq, state in rows}
    states = under(rulings_of(session), states)
    settled = settle(states)
    for revision, before in states.items():
        state = settled[revision.instance_id]
        if state is not before:
            progress.differences["state"] += 1
            if not task.check:
                queries.set_state(session, [revision.instance_id], state)
    return len(rows)


def _finish_erasures(session: Session, task: Rebuilding, progress: Progress) -> int:
    """What was set aside at the very moment in which its id was erased, by a transaction that could not see that."""
    ids = session.exec(
        select(SetAside.instance_id)
        .join(Submission, col(Submission.instance_id) == col(SetAside.instance_id))
        .where(Submission.state == State.ERASED)
    ).all()
    if ids:
        progress.differences["erased"] += len(ids)
    if ids and not task.check:
        destroy(session, set(ids), Order("came while its interview was being erased"))
    return len(ids)
