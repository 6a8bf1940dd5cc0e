"""An interview's place in the sample, as its design questions tell it."""

from typing import Any

import pytest

from app.scoring.framework import Framework
from app.scoring.placement import Placement, compile_placement

DESIGN = {
    "strata": "zone",
    "psu": "rt",
    "ssu": "house",
    "weight": "weight",
    "fpc_psu": "rts",
    "fpc_ssu": "houses",
    "dimensions": ["sex", "group:kind"],
}


def _framework(document: dict[str, Any], **design: Any) -> Framework:
    document["design"] = design
    return Framework.model_validate(document)


def test_all_of_it(document: dict[str, Any]) -> None:
    answers = {
        "zone": "coast",
        "rt": "03",
        "house": 7,
        "weight": 34.5,
        "rts": 40,
        "houses": 30.0,
        "sex": "f",
        "kind": "x",
    }
    assert compile_placement(_framework(document, **DESIGN), "household")(answers) == Placement(
        weight=34.5, stratum="coast", psu="03", ssu="7", fpc_psu=40, fpc_ssu=30, dimensions=[("sex", "f")]
    )


def test_nothing_declared(document: dict[str, Any]) -> None:
    assert compile_placement(_framework(document), "household")({"weight": 3}) == Placement(
        weight=1, stratum=None, psu=None, ssu=None, fpc_psu=None, fpc_ssu=None, dimensions=[]
    )


def test_another_forms_interview_has_the_dimensions_of_its_own(document: dict[str, Any]) -> None:
    answers = {"rt": "03", "weight": 0, "sex": "f", "kind": "women"}
    place = compile_placement(_framework(document, **DESIGN), "group")(answers)
    assert (place.weight, place.psu, place.dimensions) == (1, None, [("kind", "women")])


@pytest.mark.parametrize(
    ("answer", "weight"),
    [
        (34, 34),
        ("34.5", 34.5),
        (1e-3, 1e-3),
        (0, None),
        (-1, None),
        ("many", None),
        (True, None),
        ([1], None),
        ("", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, None),
        (1e9, 1e9),
        (1.1e9, None),
        (1e-8, 1e-8),
        (0.9e-8, None),
        (1e-300, None),
    ],
)
def test_an_unusable_weight_is_none_and_never_one(document: dict[str, Any], answer: Any, weight: float | None) -> None:
    framework = _framework(document, weight="weight")
    assert compile_placement(framework, "household")({"weight": answer}).weight == weight
    assert compile_placement(framework, "household")({}).weight is None


@pytest.mark.parametrize(
    ("answer", "psu"),
    [
        ("07", "07"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        ("dk", "dk"),
        ("", None),
        (None, None),
        (True, None),
        (["7"], None),
    ],
)
def test_labels_are_texts(document: dict[str, Any], answer: Any, psu: str | None) -> None:
    assert compile_placement(_framework(document, psu="rt"), "household")({"rt": answer}).psu == psu


@pytest.mark.parametrize("answer", ["dk", "-99", -99, "", None, ["f"]])
def test_who_does_not_say_is_in_no_domain(document: dict[str, Any], answer: Any) -> None:
    assert compile_placement(_framework(document, dimensions=["sex"]), "household")({"sex": answer}).dimensions == []
