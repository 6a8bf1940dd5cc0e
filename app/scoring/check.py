"""Everything that is wrong with a framework, at once, in sentences for its author."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import ValidationError

from app.forms.faults import Fault, did_you_mean, quoted
from app.forms.questions import Form
from app.scoring.check_rules import indicator_findings, scale_findings
from app.scoring.check_tree import tree_findings, twice
from app.scoring.framework import Band, Design, Framework, Indicator, MissingAnswers, Node, Part, Scale
from app.scoring.ground import Finding, Ground

P = TypeVar("P", bound=Part)

_LATER_RULES = frozenset({"external", "group"})


def check_framework(document: Any, forms: Mapping[str, Form], file: str = "framework.json") -> list[Fault]:
    """Every fault of a framework against the forms that it asks, by form id; never raises.

    `Fault.column` is the place in the document, such as `indicators[3].rule.map`; it has no sheet and no row.
    """
    findings = [*_shape(document), *(_meaning(document, forms) if isinstance(document, dict) else [])]
    return [Fault(file, "", None, place, message, remedy) for place, message, remedy in findings]


def _shape(document: Any) -> Iterator[Finding]:
    try:
        Framework.model_validate(document)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield _place(each["loc"]), *_told(each["type"], each["msg"], each.get("ctx", {}))


def _place(loc: tuple[int | str, ...]) -> str:
    """A place as people write it: pydantic adds the chosen kind of a union, which stands in no document."""
    steps: list[int | str] = []
    kind_follows = False
    for step in loc:
        if kind_follows:
            kind_follows = False
            continue
        steps.append(step)
        kind_follows = step == "rule" or (isinstance(step, int) and steps[-2:-1] in (["items"], ["children"]))
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _told(kind: str, message: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong and what to do, from an error of pydantic."""
    tag, known = quoted(str(context.get("tag"))), context.get("expected_tags")
    match kind:
        case "missing":
            return "This member is missing.", "Add it."
        case "extra_forbidden":
            return "score/1 knows no such member.", "Correct its spelling, or remove it."
        case "union_tag_invalid" if context["tag"] in _LATER_RULES:
            return f"Rules of type {tag} are not available yet.", f"Use one of {known} until they are."
        case "union_tag_invalid":
            return f"No rule of type {tag} can stand here.", f"Use one of {known}."
        case "union_tag_not_found":
            return "The rule does not say its type.", 'Begin it with "type".'
    return f"{message.replace('Input should', 'This should')}.", "Correct it here."


def _meaning(document: dict[str, Any], forms: Mapping[str, Form]) -> Iterator[Finding]:
    """What is wrong with the parts that can be read, even where others cannot."""
    home = document.get("form")
    missing = _part(MissingAnswers, document.get("missing", {})) or MissingAnswers()
    ground = Ground(home if isinstance(home, str) else "", forms, missing.codes)
    if isinstance(home, str) and home not in forms:
        remedy = did_you_mean(home, forms, "Publish that form first, or correct its id.")
        yield "form", f"There is no form {quoted(home)}.", remedy
    scale = _part(Scale, document.get("scale"))
    yield from scale_findings(scale, "scale") if scale else ()
    yield from _indicators_and_tree(document, scale, ground)
    bands = [_part(Band, band) for band in _listed(document.get("bands"))]
    yield from _bands([band for band in bands if band])
    yield from _design(_part(Design, document.get("design", {})) or Design(), ground)


def _indicators_and_tree(document: dict[str, Any], scale: Scale | None, ground: Ground) -> Iterator[Finding]:
    ids: list[tuple[str, str]] = []
    scales: dict[str, Scale | None] = {}
    for place, raw in enumerate(_listed(document.get("indicators"))):
        path, indicator = f"indicators[{place}]", _part(Indicator, raw)
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            ids.append((f"{path}.id", raw["id"]))
            scales[raw["id"]] = (indicator and indicator.scale) or scale
        if indicator:
            yield from indicator_findings(indicator, path, indicator.scale or scale, ground)
    tree = _part(Node, document.get("tree"))
    if tree:
        yield from tree_findings(tree, scales)
        ids += [(f"{path}.id", node.id) for path, node in tree.places("tree") if isinstance(node, Node)]
    yield from twice(ids, "Rows are told apart by it: give each indicator and node an id of its own.")


def _bands(bands: list[Band]) -> Iterator[Finding]:
    yield from twice([("bands", band.id) for band in bands], "Give each band an id of its own.")
    for band in bands:
        if band.min > band.max:
            yield "bands", f"The band {quoted(band.id)} ends below its beginning.", "Exchange min and max."
    for lower, upper in pairwise(sorted(bands, key=lambda band: band.min)):
        if upper.min <= lower.max:
            both = f"{quoted(lower.id)} and {quoted(upper.id)}"
            yield (
                "bands",
                f"The bands {both} overlap.",
                "Let the upper one begin above the end of the lower one.",
            )


def _design(design: Design, ground: Ground) -> Iterator[Finding]:
    for member in ("strata", "psu", "ssu", "weight", "fpc_psu", "fpc_ssu"):
        if reference := getattr(design, member):
            yield from ground.unfound(reference, f"design.{member}")
    for place, reference in enumerate(design.dimensions):
        path, question = f"design.dimensions[{place}]", ground.question(reference)
        yield from ground.unfound(reference, path)
        if question and question.type in ("select_multiple", "rank"):
            remedy = "Use a question with one answer, such as a select_one or a calculate."
            yield (
                path,
                f"{quoted(reference)} has several answers at once and cannot split interviews.",
                remedy,
            )


def _part(model: type[P], raw: Any) -> P | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []
