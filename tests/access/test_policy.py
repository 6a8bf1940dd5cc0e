"""The table of rights is the contract's sentence, and what is not in it is refused."""

import asyncio
from typing import Any

import pytest

from app.access import policy
from app.access.guard import Needs
from app.access.policy import Right, Role, may
from app.access.tables import Holder
from app.problems import NotAllowed

SENTENCE: dict[str, str] = {
    "enumerator": "read_communities read_forms send_interviews read_own_submissions",
    "coordinator": "read_communities read_submissions read_personal_answers see_fieldwork settle_fieldwork "
    "publish_forms enrol_enumerators read_facts record_facts",
    "analyst": "read_communities read_submissions read_scores read_exports read_facts",
    "admin": " ".join(Right),
}
"""As `Who may what` in the contract says it; everybody knows the communities that they work in."""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_table_is_the_sentence(role: Role, right: Right) -> None:
    assert may(role, right) is (right in SENTENCE[role].split())


def test_role_outside_of_the_table_may_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(policy.RIGHTS, Role.ADMIN)
    assert not any(may(Role.ADMIN, right) for right in Right)
    stranger: Any = "stranger"
    assert not any(may(stranger, right) for right in Right)


def test_a_door_that_names_no_right_is_closed() -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(Needs()(Holder(name="boss", role=Role.ADMIN)))


def test_one_of_several_rights_is_enough() -> None:
    door = Needs(Right.READ_SUBMISSIONS, Right.READ_OWN_SUBMISSIONS)
    analyst = Holder(name="analyst", role=Role.ANALYST)
    assert asyncio.run(door(analyst)) is analyst
