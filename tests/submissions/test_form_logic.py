"""What a form's own logic says is told at the moment of sync; nothing is refused for it, and nothing is lost."""

import copy
import uuid
from typing import Any

import pytest

from app.access.policy import Role
from tests.submissions.household import COMMUNITIES, FORM, FRAMEWORK, HERE
from tests.support.server import Caller, Server

ID, EN = "Bahasa Indonesia (id)", "English (en)"
LOGIC: list[dict[str, Any]] = [
    {"type": "start", "name": "start"},
    {"type": "select_one yes_no", "name": "consent", "label": "May we begin?", "required": "yes"},
    {"type": "text", "name": "community", "label": "Community"},
    {"type": "begin_group", "name": "talk", "label": "Talk", "relevant": "${consent} = 'yes'"},
    {"type": "text", "name": "respondent", "label": "Name"},
    {
        "type": "integer",
        "name": "minutes",
        "label": "Minutes",
        "required": "yes",
        "constraint": ". <= 600",
        f"constraint_message::{ID}": "Paling lama sepuluh jam.",
        f"constraint_message::{EN}": "Ten hours at most.",
    },
    {"type": "select_one sources", "name": "source", "label": "Source", "choice_filter": "days <= ${minutes}"},
    {"type": "select_one yes_no", "name": "rode", "label": "By car?", "relevant": "${minutes} < 60"},
    {"type": "calculate", "name": "hours", "calculation": "${minutes} div 60"},
    {"type": "date", "name": "seen", "label": "Seen", "constraint": ". <= today()"},
    {"type": "end_group"},
]
FORM_WITH_LOGIC = copy.deepcopy(FORM) | {"survey": LOGIC}
FORM_WITH_LOGIC["choices"] = [
    *({"list_name": "yes_no", "name": name, "label": name} for name in ("yes", "no")),
    {"list_name": "sources", "name": "radio", "label": "radio", "days": "0"},
    {"list_name": "sources", "name": "phone", "label": "phone", "days": "100"},
]
FORM_WITH_LOGIC["fieldwork"] = {**FORM["fieldwork"], "sensitive": []}
RODE = {"id": "rode", "rule": {"type": "map", "question": "rode", "map": {"yes": 5, "no": 1}}}
FRAMEWORK_WITH_LOGIC = {
    **FRAMEWORK,
    "policy": {"n_suppress": 0},
    "indicators": [*FRAMEWORK["indicators"], RODE],
    "tree": {"id": "resilience", "children": [{"indicator": "evacuation"}, {"indicator": "rode"}]},
}
GOOD = {"minutes": 30, "source": "radio", "rode": "yes", "hours": 0.5, "seen": "2026-11-20"}

FLAGGED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "good": (GOOD, []),
    "not asked": ({**GOOD, "minutes": 60, "hours": 1}, [("relevance", "talk/rode")]),
    "required": ({"seen": "2026-11-20"}, [("required", "talk/minutes")]),
    "calculation": ({**GOOD, "hours": 2}, [("calculation", "talk/hours")]),
    "choice filter": ({**GOOD, "source": "phone"}, [("choice_filter", "talk/source")]),
    "tomorrow by the tablet's clock": ({**GOOD, "seen": "2026-11-22"}, [("constraint", "talk/seen")]),
}


@pytest.fixture
def village(server: Server) -> Server:
    server.publish(COMMUNITIES, FORM_WITH_LOGIC, FRAMEWORK_WITH_LOGIC)
    return server


@pytest.fixture
def logic_tablet(village: Server) -> Caller:
    return village.enrol()


def visit(talk: dict[str, Any] | None, consent: str = "yes") -> dict[str, Any]:
    answers = {"start": "2026-11-21T23:30:00+07:00", "consent": consent, "community": HERE}
    inside = {name: answer for name, answer in (talk or {}).items() if answer is not None}
    return {
        "instance_id": f"uuid:{uuid.uuid4()}",
        "form_id": "household",
        "version": "1",
        "answers": {**answers, "talk": inside} if talk is not None else answers,
    }


def codes(flags: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(flag["code"], flag["path"]) for flag in flags]


@pytest.mark.parametrize("case", FLAGGED)
def test_each_is_flagged_where_it_is(case: str, village: Server, logic_tablet: Caller) -> None:
    talk, expected = FLAGGED[case]
    item = visit(talk)
    (receipt,) = logic_tablet.send(item)["receipts"]
    assert (receipt["status"], codes(receipt["flags"])) == ("accepted", expected)
    coordinator = village.enrol(Role.COORDINATOR)
    shown = coordinator.get(f"/submissions/{item['instance_id']}").json()
    assert (shown["flags"], shown["answers"]) == (receipt["flags"], item["answers"])
    seen = coordinator.get("/fieldwork").json()
    (here,) = [each for each in seen["communities"] if each["community"] == HERE]
    assert here["flagged"] == bool(expected)
    assert [(flag["code"], flag["path"], flag["count"]) for flag in seen["flags"]] == [(*flag, 1) for flag in expected]
    assert village.enrol(Role.ADMIN).get("/integrity").json()["ok"]


def test_a_constraint_speaks_with_the_words_of_the_form(logic_tablet: Caller) -> None:
    (receipt,) = logic_tablet.send(visit({**GOOD, "minutes": 900, "rode": None, "hours": 15}))["receipts"]
    assert receipt["flags"][0]["message"] == {"id": "Paling lama sepuluh jam.", "en": "Ten hours at most."}


def test_what_was_not_asked_is_kept_and_never_scored(village: Server, logic_tablet: Caller) -> None:
    answered = visit({**GOOD, "minutes": 60, "hours": 1})
    logic_tablet.send(visit(GOOD), answered, visit({**GOOD, "minutes": 60, "hours": 1, "rode": None}))
    scores = village.enrol(Role.ANALYST).get("/scores", params={"framework": "small"}).json()["scores"]
    (row,) = [row for row in scores if row["node"] == "rode" and not row["domain"]]
    assert (row["n"], row["estimate"], row["missing"]) == (1, 5, {"not_asked": 2})
    kept = village.enrol(Role.ADMIN).get(f"/submissions/{answered['instance_id']}").json()
    assert kept["answers"]["talk"]["rode"] == "yes"


def test_personal_answers_behind_a_refusal(village: Server, logic_tablet: Caller) -> None:
    refused = visit({"respondent": "Si Anu", "minutes": 5}, consent="no")
    (receipt,) = logic_tablet.send(refused)["receipts"]
    assert codes(receipt["flags"]) == [
        ("personal_without_consent", "respondent"),
        ("relevance", "talk/respondent"),
        ("relevance", "talk/minutes"),
    ]
    assert "Si Anu" not in str(receipt)
    shown = village.enrol(Role.ANALYST).get(f"/submissions/{refused['instance_id']}").json()
    assert "Si Anu" not in str(shown)
