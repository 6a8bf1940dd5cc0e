"""Laws of the content hash: the same interview has the same hash however it is spelled, another one has another."""

import gzip
import json
import unicodedata
import uuid
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.submissions.identity import META, Unreadable, canonical, content_hash
from tests.submissions.household import interview
from tests.support.server import Caller

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=5)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15)
LEAVES = TEXTS | NUMBERS | st.booleans()
GROUPS = st.recursive(
    st.dictionaries(TEXTS, LEAVES, max_size=4),
    lambda inner: st.dictionaries(TEXTS, LEAVES | inner | st.lists(inner, max_size=3), max_size=3),
    max_leaves=8,
).filter(lambda tree: _readable(tree))
EMPTY = (None, "", [], {}, [None], [{}], {"deeper": None})
OTHER = {"form_id": "other", "version": "2", "deprecated_id": uuid.UUID(int=1)}


def hashed(answers: dict[str, Any], **changes: Any) -> bytes:
    same = {"form_id": "household", "version": "1", "deprecated_id": None, "answers": answers}
    return content_hash(**{**same, **changes})


def _readable(tree: Any) -> bool:
    try:
        canonical(tree)
    except Unreadable:
        return False
    return True


def respelled(value: Any, random: Random) -> Any:
    """The same answers in other words: members in another order, numbers, texts and empty places spelled otherwise."""
    if isinstance(value, dict):
        members = [(_other_form(name), respelled(each, random)) for name, each in value.items()]
        members += [(f"{name}_empty", random.choice(EMPTY)) for name, _ in members]
        random.shuffle(members)
        return dict(members)
    if isinstance(value, list):
        return [respelled(each, random) for each in value]
    if isinstance(value, str):
        return _other_form(value).replace("\n", random.choice(("\n", "\r\n")))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _other_form(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@given(GROUPS, st.randoms(use_true_random=False))
def test_other_spellings_have_the_same_hash(answers: dict[str, Any], random: Random) -> None:
    again = respelled(answers, random)
    assume(not {f"{name}_empty" for name in answers} & answers.keys())
    assert hashed(again) == hashed(answers)


@given(GROUPS, st.randoms(use_true_random=False))
def test_json_spells_it_as_it_likes(answers: dict[str, Any], random: Random) -> None:
    text = json.dumps(answers, indent=random.choice((None, 1)), ensure_ascii=random.random() < 0.5, sort_keys=True)
    assert hashed(json.loads(text)) == hashed(answers)


@given(GROUPS, GROUPS | LEAVES)
def test_what_stands_in_meta_is_no_part_of_it(answers: dict[str, Any], meta: Any) -> None:
    alone = {name: value for name, value in answers.items() if name != META}
    assume(_readable(alone))
    assert hashed({**alone, META: meta}) == hashed(alone)


def test_what_stands_in_meta_must_be_readable() -> None:
    with pytest.raises(Unreadable, match="nul"):
        hashed({"a": 1, META: {"audit": "\0"}})


@given(GROUPS, TEXTS, LEAVES)
def test_one_answer_more_is_another_interview(answers: dict[str, Any], name: str, value: Any) -> None:
    more = {**answers, name: value}
    assume(name != META and _readable(more) and canonical(more) != canonical(answers))
    assert hashed(more) != hashed(answers)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {}),
        ({"a": 0}, {}),
        ({"a": False}, {}),
        ({"a": 0.1}, {"a": 0.2}),
        ({"a": 9007199254740993}, {"a": 9007199254740992}),
        ({"a": "1"}, {"a": "1.0"}),
        ({"a": "x "}, {"a": "x"}),
        ({"a": "X"}, {"a": "x"}),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}),
        ({"a": {"b": 1}}, {"b": 1}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 1}]}),
        ({"a": [{"b": 1}, {"b": 1}]}, {"a": [{"b": 1}]}),
    ],
)
def test_different_interviews_differ(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert hashed(one) != hashed(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": True}, {"a": "true"}),
        ({"a": ["x", "y"]}, {"a": "x y"}),
        ({"a": [{"b": 1}]}, {"a": {"b": "1"}}),
        ({"a": 1e3}, {"a": 1000}),
        ({"a": -0.0}, {"a": 0}),
        ({"a": [{"b": 1}, {}]}, {"a": [{"b": 1}]}),
    ],
)
def test_what_an_xml_instance_cannot_tell_apart_is_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize("name", OTHER)
def test_form_version_and_the_edited_interview_belong_to_the_content(name: str) -> None:
    assert hashed({"a": 1}, **{name: OTHER[name]}) != hashed({"a": 1})


def test_names_that_become_one_cannot_be_told_apart() -> None:
    with pytest.raises(Unreadable, match="duplicate_key"):
        hashed({"\u00e9": 1, "e\u0301": 2})


def test_sent_in_other_words_it_is_a_duplicate(tablet: Caller) -> None:
    item = interview(minutes=20, respondent="Ny. É")
    (first,) = tablet.send(item)["receipts"]
    answers = {**dict(reversed(item["answers"].items())), "minutes": 2e1, "sources": "radio rt", "income": None}
    again = {"device_seq": 9, **dict(reversed(item.items())), "answers": answers}
    batch = {"batch_id": str(uuid.uuid4()), "items": [interview(), again, interview()]}
    body = gzip.compress(json.dumps(batch, indent=3).replace("20.0", "2.00E+1").encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    receipts = tablet.post("/batches", content=body, headers=headers).json()["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["accepted", "duplicate", "accepted"]
    assert (receipts[1]["receipt"], receipts[1]["seq"]) == (first["receipt"], first["seq"])
