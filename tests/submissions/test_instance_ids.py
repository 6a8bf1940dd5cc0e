"""One interview has one id, in whatever usual spelling it is sent; what only looks like one is none."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.submissions.identity import instance_uuid, spelled
from tests.submissions.household import interview
from tests.support.server import Caller

SPELLINGS = {
    "plain": str,
    "with its scheme": lambda each: f"uuid:{each}",
    "upper case": lambda each: f"UUID:{each}".upper(),
    "URN": lambda each: each.urn,
    "in braces": lambda each: f"{{{each}}}",
    "without dashes": lambda each: each.hex,
    "spaced": lambda each: f"\t uuid:{each}\n",
}


@given(st.uuids(), st.sampled_from(sorted(SPELLINGS)))
def test_every_spelling_is_the_same_id(instance_id: uuid.UUID, spelling: str) -> None:
    assert instance_uuid(SPELLINGS[spelling](instance_id)) == instance_id
    assert instance_uuid(spelled(instance_id)) == instance_id


@given(
    st.uuids(),
    st.integers(0, 31),
    st.sampled_from("\uff10\uff11\uff19\uff41\uff46\u0410\u0430\u0435\u041e\u0663\u0966g\0 "),
)
def test_what_only_looks_like_an_id_is_none(instance_id: uuid.UUID, position: int, wrong: str) -> None:
    digits = instance_id.hex
    assert instance_uuid(f"uuid:{digits[:position]}{wrong}{digits[position + 1 :]}") is None


@pytest.mark.parametrize("given", [None, 7, 1.5, True, [], {}, "", "uuid:", "uuid:uuid:" + "0" * 32, "0" * 31])
def test_other_values_are_none(given: object) -> None:
    assert instance_uuid(given) is None


def test_three_spellings_make_one_interview(tablet: Caller, admin: Caller) -> None:
    instance_id = uuid.uuid4()
    spellings = [SPELLINGS[each](instance_id) for each in ("upper case", "in braces", "URN")]
    receipts = tablet.send(*(interview(each) for each in spellings))["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["accepted", "duplicate", "duplicate"]
    assert [receipt["instance_id"] for receipt in receipts] == spellings
    kept = admin.get("/submissions").json()["submissions"]
    assert [each["instance_id"] for each in kept] == [f"uuid:{instance_id}"]
    assert admin.get(f"/submissions/{spellings[2]}").json()["instance_id"] == f"uuid:{instance_id}"
