"""What the logic of a form finds in an interview, one kind of finding after the other."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.flags import MOST_FLAGS, Flag
from app.forms.logic import Logic

NOW = datetime.fromisoformat("2026-11-21T16:04:53+07:00")
TABLES = {"rt.csv": [{"name": "1", "rw": "5", "head": "Siti"}, {"name": "2", "rw": "6", "head": "Budi"}]}


def logic(*survey: dict[str, Any], choices: tuple[dict[str, Any], ...] = ()) -> Logic:
    document = {"settings": {"form_id": "f", "version": "1"}, "survey": list(survey), "choices": list(choices)}
    return Logic(document, TABLES)


def row(kind: str, name: str, **cells: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": name, **cells}


def found(logic_: Logic, **answers: Any) -> list[tuple[str, str]]:
    return [(flag.code, flag.path) for flag in logic_.judge(answers, NOW).flags]


END = {"type": "end_group"}
END_REPEAT = {"type": "end_repeat"}

CONSENT = logic(
    row("text", "consent"),
    row("begin_group", "house", relevant="${consent} = 'yes'"),
    row("text", "head", required="yes"),
    row("begin_repeat", "member"),
    row(
        "integer",
        "age",
        required="${head} != ''",
        constraint=". <= 110",
        **{"constraint_message::English (en)": "Too old"},
    ),
    row("text", "school", relevant="${age} < 18 or ${age} = ''"),
    row("calculate", "adult", calculation="${age} >= 18"),
    END_REPEAT,
    END,
)


def test_a_good_interview_has_no_findings() -> None:
    member = [{"age": 34, "adult": "true"}, {"age": 7, "school": "SD", "adult": "false"}]
    assert found(CONSENT, consent="yes", house={"head": "Siti", "member": member}) == []
    assert found(CONSENT, consent="no") == []


def test_relevance_of_an_answer_that_was_not_asked_for() -> None:
    answers = {"consent": "no", "house": {"head": "Siti", "member": [{}, {"age": 5, "adult": "false"}]}}
    assert found(CONSENT, **answers) == [("relevance", "house/head"), ("relevance", "house/member[2]/age")]
    answers = {"consent": "yes", "house": {"head": "x", "member": [{"age": 34, "school": "SD"}]}}
    assert found(CONSENT, **answers) == [("relevance", "house/member[1]/school")]


def test_answers_that_were_not_asked_for_count_as_none() -> None:
    asks = logic(
        row("text", "later_first", relevant="${last} = 'x'"),
        row("text", "a"),
        row("text", "b", relevant="${a} = 'yes'"),
        row("text", "c", relevant="${b} = 'yes'", required="${b} = 'yes'"),
        row("calculate", "d", calculation="concat(${b}, '-')"),
        row("text", "last", relevant="${c} = 'x'"),
    )
    assert found(asks, a="yes", b="yes", c="x", d="yes-", last="x", later_first="x") == []
    wrong = found(asks, a="no", b="yes", c="x", d="-", last="x", later_first="x")
    assert wrong == [("relevance", name) for name in ("later_first", "b", "c", "last")]


def test_an_answer_counts_again_if_it_was_asked_for_after_all() -> None:
    """`first` forbids `second` only while it is asked for itself."""
    asks = logic(
        row("text", "second", relevant="${first} = ''"),
        row("text", "third", relevant="${second} = 'x'"),
        row("text", "first", relevant="${consent} = 'yes'"),
        row("text", "consent"),
    )
    assert found(asks, consent="no", first="x", second="x", third="x") == [("relevance", "first")]
    wrong = found(asks, consent="yes", first="x", second="x", third="x")
    assert wrong == [("relevance", "second"), ("relevance", "third")]


def test_two_that_forbid_each_other_come_to_an_end() -> None:
    asks = logic(row("text", "a", relevant="${b} = ''"), row("text", "b", relevant="${a} = ''"))
    assert found(asks, a="x", b="x") == [("relevance", "a")]


def test_required_only_where_it_was_asked() -> None:
    assert found(CONSENT, consent="yes", house={}) == [("required", "house/head")]
    assert found(CONSENT, consent="yes", house={"head": "x", "member": [{}]}) == [("required", "house/member[1]/age")]


def test_constraint_brings_the_message_of_the_form() -> None:
    answers = {"consent": "yes", "house": {"head": "x", "member": [{"age": 5}, {"age": 111}]}}
    (flag,) = CONSENT.judge(answers, NOW).flags
    assert flag == Flag("constraint", "house/member[2]/age", words={"id": "Too old", "en": "Too old"})


def test_calculation_that_gives_something_else() -> None:
    answers = {"consent": "yes", "house": {"head": "x", "member": [{"age": 34, "adult": "false"}]}}
    assert found(CONSENT, **answers) == [("calculation", "house/member[1]/adult")]


@pytest.mark.parametrize(
    ("calculation", "kept"),
    [
        *(("1 div 3", "0.3333333333333333"), ("1 div 3", 0.333333333333333), ("2 + 3", "5.0"), ("'5'", 5)),
        *(("sin(2.5)", "0.5984721441039564"), ("'2012-07-03'", "2012-7-3"), ("true()", "true"), ("true()", True)),
        *(("today()", "2020-01-01"), ("uuid()", "x"), ("once(3)", "4"), ("explode()", "x"), ("(", "x")),
        *(("instance('none')/root", "x"), ("${last-saved#name}", "x"), ("1", ""), ("1", None)),
    ],
)
def test_calculations_that_agree_or_cannot_be_done_again(calculation: str, kept: Any) -> None:
    assert found(logic(row("calculate", "sum", calculation=calculation)), sum=kept) == []


@pytest.mark.parametrize(
    ("calculation", "kept"),
    [("1 div 3", 0.3334), ("2 + 3", "6"), ("'a'", "b"), ("false()", "true"), ("0 div 0", "1"), ("''", "x")],
)
def test_calculations_that_do_not_agree(calculation: str, kept: Any) -> None:
    assert found(logic(row("calculate", "sum", calculation=calculation)), sum=kept) == [("calculation", "sum")]


def test_whole_numbers_are_cut_off_as_tablets_do() -> None:
    whole = logic(row("integer", "share", calculation="100 div 3"))
    assert found(whole, share=33) == []
    assert found(whole, share=34) == [("calculation", "share")]


def test_a_triggered_calculation_belongs_to_its_moment() -> None:
    triggered = logic(row("integer", "a"), row("calculate", "b", calculation="${a} * 2", trigger="${a}"))
    assert found(triggered, a=1, b=99) == []


DISTRICTS = tuple(
    {"list_name": "rw", "name": name, "label": name, "village": village}
    for name, village in (("5", "north"), ("6", "south"), ("7", "both"), ("7", "north"))
)
CASCADE = logic(
    row("text", "village"),
    row("select_one rw", "rw", choice_filter="village = ${village}"),
    row("select_multiple rw", "others", choice_filter="village = ${village} and name != ${rw}"),
    row("select_one_from_file rt.csv", "rt", choice_filter="rw = ${rw}"),
    row("calculate", "head", calculation="pulldata('rt', 'head', 'name', ${rt})"),
    row(
        "calculate", "place", calculation="concat(jr:choice-name(${rw}, '${rw}'), instance('rw')/root/item[2]/village)"
    ),
    choices=DISTRICTS,
)


def test_choices_that_were_not_offered() -> None:
    assert found(CASCADE, village="north", rw="5", others=["7"], rt="1", head="Siti", place="5south") == []
    assert found(CASCADE, village="north", rw="6") == [("choice_filter", "rw")]
    assert found(CASCADE, village="north", rw="7", others=["5", "7", "6"]) == [("choice_filter", "others")] * 2
    assert found(CASCADE, village="north", rw="5", rt="2") == [("choice_filter", "rt")]
    assert found(CASCADE, village="north", rw="8") == []
    assert found(CASCADE, village="north", place="south") == []
    assert found(CASCADE, village="north", place="5south") == [("calculation", "place")]
    assert found(CASCADE, rt="2", head="Siti") == [("choice_filter", "rt"), ("calculation", "head")]


def test_the_day_of_the_interview_counts() -> None:
    past = logic(row("date", "born", constraint=". <= today()"))
    assert found(past, born="2026-11-21") == []
    assert found(past, born="2026-11-22") == [("constraint", "born")]


def test_conditions_of_chance_are_no_conditions() -> None:
    assert found(logic(row("text", "name", relevant="random() > 2", constraint="uuid() = .")), name="x") == []


def test_yes_and_no_may_stand_for_conditions() -> None:
    never = logic(row("text", "name", relevant="no"), row("text", "other", required="TRUE"))
    assert found(never, name="x") == [("relevance", "name"), ("required", "other")]


def test_flags_are_not_endless() -> None:
    members = [{"age": 200}] * 10_000
    assert len(found(CONSENT, consent="yes", house={"head": "x", "member": members})) == MOST_FLAGS + 1


def test_an_interview_of_absurd_size_is_not_looked_at() -> None:
    assert found(CONSENT, consent="yes", house={"head": "x", "member": [{}] * 100_000}) == [("unchecked", "")]


def test_questions_that_were_not_asked() -> None:
    asked = logic(
        row("text", "consent"),
        row("begin_group", "yes", relevant="${consent} = 'yes'"),
        row("text", "name"),
        row("calculate", "twice", calculation="2"),
        END,
        row("begin_group", "no", relevant="${consent} = 'no'"),
        row("text", "name"),
        row("text", "reason"),
        row("begin_repeat", "visit"),
        row("date", "day"),
        END_REPEAT,
        END,
    )
    assert asked.judge({"consent": "yes"}, NOW).unasked == {"reason"}
    assert asked.judge({"consent": "no"}, NOW).unasked == {"twice"}
    assert asked.judge({"consent": ""}, NOW).unasked == {"name", "twice", "reason"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["yes", "5", "north"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["consent", "house", "member", "age", "head", "rw", "others", "adult"]), inner
        )
    ),
)


@given(st.dictionaries(st.sampled_from(["consent", "house", "village", "rw", "others"]), JSON))
def test_no_answers_make_it_raise_and_none_are_changed(answers: dict[str, Any]) -> None:
    before = repr(answers)
    for each in (CONSENT, CASCADE):
        assert all(isinstance(flag, Flag) for flag in each.judge(answers, NOW).flags)
    assert repr(answers) == before
