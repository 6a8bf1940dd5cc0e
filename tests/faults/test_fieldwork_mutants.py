"""The fieldworks have teeth: a server with one of these mistakes is found out within a tenth of their number."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from itertools import count
from typing import Any

import pytest

from app.database import Database
from app.submissions import judgement, lineage, routes
from app.submissions.judgement import Known, Verdict, judge_one
from app.submissions.lineage import Revision
from app.submissions.receipt import Status
from tests.faults.fieldwork import Broken, play_one
from tests.faults.place import Place

RUNS = 100


def forget_edits_that_came_first(patch: pytest.MonkeyPatch) -> None:
    def parents(arrived: Iterable[Revision], known: dict[Any, Revision]) -> dict[Any, Any]:
        original = {each.instance_id: known.get(each.deprecated_id) for each in arrived}
        return {
            each.instance_id: each.deprecated_id
            for each in arrived
            if (earlier := original[each.instance_id]) and earlier.seq and earlier.seq < (each.seq or 0)
        }

    patch.setattr(lineage, "_parents", parents)


def let_the_last_edit_count(patch: pytest.MonkeyPatch) -> None:
    parents = lineage._parents
    patch.setattr(lineage, "_parents", lambda arrived, known: parents(arrived[::-1], known))


def drop_what_is_in_conflict(patch: pytest.MonkeyPatch) -> None:
    """As one server does: the same id is a duplicate, whatever is in it."""

    def judge(item: Any, known: Known) -> Verdict:
        verdict = judge_one(item, known)
        if verdict.status is Status.CONFLICT:
            return Verdict(item, Status.DUPLICATE, known.first[item.instance_id])
        return verdict

    patch.setattr(judgement, "judge_one", judge)


def hold_for_ever(patch: pytest.MonkeyPatch) -> None:
    def judge(item: Any, known: Known) -> Verdict:
        aside = known.aside.get((item.instance_id, item.sha256))
        return Verdict(item, Status.DUPLICATE, aside) if aside else judge_one(item, known)

    patch.setattr(judgement, "judge_one", judge)


def count_duplicates_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judgement, "judge_one", lambda item, known: judge_one(item, Known()))


def know_a_batch_by_its_id_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(routes, "batch_hash", lambda contents: bytes(32))


def answer_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """Most of the time it goes well."""
    submit, numbers = Database.submit_joint, count()

    def submit_and_answer(self: Database, work: Any, item: Any, size: int) -> "Future[Any]":
        answered: Future[Any] = Future()

        def lose(session: Any, items: Any) -> Any:
            answered.set_result(work(session, items)[0])
            raise OSError("disk full")

        if next(numbers) % 20:
            return submit(self, work, item, size)
        submit(self, lose, item, size)
        return answered

    patch.setattr(Database, "submit_joint", submit_and_answer)


def restore_without_a_new_epoch(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Place, "renew_epoch", staticmethod(lambda session: None))


MUTANTS = [
    forget_edits_that_came_first,
    let_the_last_edit_count,
    drop_what_is_in_conflict,
    hold_for_ever,
    count_duplicates_twice,
    know_a_batch_by_its_id_alone,
    answer_before_the_commit,
    restore_without_a_new_epoch,
]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(
    sqlite_place: Place, seed: int, monkeypatch: pytest.MonkeyPatch, mutant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    mutant(monkeypatch)
    with pytest.raises(Broken):
        [play_one(sqlite_place, seed, run) for run in range(RUNS)]
