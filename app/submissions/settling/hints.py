"""What would mend a held interview: the published names that come closest to what was sent."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from app.communities.areas import Areas
from app.problems import Problem, UnknownCommunity, UnknownForm, UnreadableAnswers
from app.submissions.correction import answer_at
from app.submissions.identity import Unreadable, canonical

MOST = 5
LIKELY = 0.5
"""How alike two names must be, as a share of 1."""


def hints(
    problem: Problem | None,
    content: Mapping[str, Any],
    versions: Mapping[str, Collection[str]],
    areas: Areas,
    inside: Collection[str],
) -> dict[str, Any]:
    """Suggestions for this problem: `versions` and `forms`, or `answer` and `communities`, or `places`.

    `versions` are the published ones by form, the last one first; communities are sought `inside` only.
    """
    if isinstance(problem, UnknownForm):
        form_id = str(problem.facts["form_id"])
        close = get_close_matches(form_id, versions, MOST, LIKELY)
        return {"versions": list(versions.get(form_id, ())), "forms": [each for each in close if each != form_id]}
    if isinstance(problem, UnknownCommunity):
        answer = answer_at(content.get("answers"), problem.facts["question"])
        return {"answer": answer, "communities": _communities(str(answer or ""), areas, inside)}
    if isinstance(problem, UnreadableAnswers):
        return {"places": list(_unreadable(content.get("answers"), ""))[:MOST]}
    return {}


def _communities(answer: str, areas: Areas, inside: Collection[str]) -> list[dict[str, Any]]:
    by_name: dict[str, set[str]] = {}
    for area in areas.values():
        if area.code in inside:
            for name in filter(None, (area.name, area.code, area.bps_code, *area.aliases)):
                by_name.setdefault(name.casefold(), set()).add(area.code)
    close = get_close_matches(answer.strip().casefold(), by_name, MOST, LIKELY)
    codes = dict.fromkeys(code for name in close for code in sorted(by_name[name]))
    return [areas[code].model_dump(include={"code", "name", "level", "parent"}) for code in [*codes][:MOST]]


def _unreadable(value: Any, path: str) -> Any:
    """The paths of the answers that no database could keep."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _unreadable(member, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for number, member in enumerate(value, start=1):
            yield from _unreadable(member, f"{path}[{number}]")
    else:
        try:
            canonical(value)
        except Unreadable:
            # The name itself may be what cannot be said.
            yield path.encode("utf-8", "replace").decode().replace("\0", "�")
