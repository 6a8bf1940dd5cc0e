"""An interview is erased at the very moment in which a tablet brings it again, edits it, or somebody settles it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from sqlmodel import select

from app.submissions.incoming import Library
from app.submissions.rebuild import Rebuilding, rebuild
from app.submissions.tables import SetAside
from tests.submissions.household import FORM, interview
from tests.support.server import Caller, Server

ROUNDS = 8


def erase(admin: Caller, item: dict[str, Any]) -> int:
    answer = admin.post(f"/submissions/{item['instance_id']}/erase", json={"reason": "asked for"})
    return int(answer.status_code)


def test_an_edit_comes_while_its_original_is_erased(
    tablet: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for _ in range(ROUNDS):
        original = interview()
        edit = interview(edits=original["instance_id"])
        last = interview(edits=edit["instance_id"])
        tablet.send(original)
        status, *told = together(
            lambda original=original: erase(admin, original),
            lambda edit=edit: tablet.send(edit),
            lambda last=last: tablet.send(last),
        )
        assert status == 200
        assert [each["receipts"][0]["status"] for each in told] == ["edited", "edited"]
        assert admin.get("/submissions").json()["submissions"] == []
    in_order()


def test_the_same_interview_comes_again_while_it_is_erased(
    tablet: Caller, admin: Caller, together: Callable[..., list[Any]], in_order: Callable[[], None]
) -> None:
    for _ in range(ROUNDS):
        item = interview()
        tablet.send(item)
        _, told, _ = together(
            lambda item=item: erase(admin, item),
            lambda item=item: tablet.send(item),
            lambda item=item: erase(admin, item),
        )
        assert told["receipts"][0]["status"] == "duplicate"
        assert admin.get("/submissions").json()["submissions"] == []
    in_order()


def test_what_is_held_is_replayed_while_it_is_erased(
    fieldwork: Server,
    tablet: Caller,
    admin: Caller,
    together: Callable[..., list[Any]],
    in_order: Callable[[], None],
) -> None:
    for number in range(ROUNDS):
        form = deepcopy(FORM)
        form["settings"]["version"] = f"later-{number}"
        item = {**interview(), "version": f"later-{number}"}
        tablet.send(item)
        fieldwork.publish(form)
        status, _, _ = together(
            lambda item=item: erase(admin, item),
            lambda: admin.post("/replays", json={}),
            lambda item=item: tablet.send(item),
        )
        assert status == 200
        assert admin.get("/submissions").json()["submissions"] == []
    in_order()


def test_what_slipped_in_meanwhile_is_found_and_destroyed(fieldwork: Server, tablet: Caller, admin: Caller) -> None:
    """A transaction that began before the erasure and ended after it may have set something aside."""
    item = interview()
    tablet.send(item, interview(item["instance_id"], minutes=90))
    with fieldwork.database.read() as session:
        (late,) = session.exec(select(SetAside)).all()
    erase(admin, item)
    fieldwork.database.write(lambda session: session.add(SetAside(**late.model_dump())))
    assert admin.get("/integrity").json()["differences"] == {"erased": 1}
    task = Rebuilding(Library.of(fieldwork.database), check=False)
    assert rebuild(fieldwork.database, task).differences == {"erased": 1}
    with fieldwork.database.read() as session:
        assert session.exec(select(SetAside)).all() == []
    assert rebuild(fieldwork.database, task).differences == {}
