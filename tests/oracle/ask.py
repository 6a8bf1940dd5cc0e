"""Asks the engine of the tablets about random interviews, and records what it finds in each.

python -m tests.oracle.ask [--seed N] [--verdicts N] [--only FORM]        needs Node; `make oracle` prepares it
"""

import argparse
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

from app.forms.interview import text_of_answer
from app.forms.questions import Form, Group, Question
from app.forms.sheets import Line
from app.forms.xform import compile_xform
from tests.oracle.examples import Example, examples
from tests.oracle.imagine import Imagination
from tests.oracle.recordings import NOW, Interview, Recording, write

HERE = Path(__file__).parent
ENGINE = "@getodk/xforms-engine"
STALE = 0.3
"""How often a calculation is kept that nobody would calculate."""

AT_ONCE = 20
MOST_INTERVIEWS = 160

_TURN = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")

_VOLATILE = re.compile(r"\b(now|today|random|randomize|uuid|once)\(")
"""What they gave then cannot be calculated again."""

Tree = dict[str, Any]


@dataclass(frozen=True)
class Leaf:
    """What the engine says about one question of an interview. `choices` are those on offer, None for no select."""

    path: str
    relevant: bool
    required: bool
    valid: bool
    value: str
    choices: list[str] | None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--verdicts", type=int, default=4_000, help="of each form, at least")
    options.add_argument("--only", default="", help="the name of one form")
    chosen = options.parse_args()
    for example in examples():
        if chosen.only in ("", example.name):
            recording = record(example, chosen.seed, chosen.verdicts)
            write(recording)
            print(f"{example.name}: {len(recording.interviews)} interviews, {recording.asked} verdicts", flush=True)


def record(example: Example, seed: int, verdicts: int) -> Recording:
    chance = Random(f"{seed} {example.name}")
    recording = Recording(example.name, _engine_version(), seed, [])
    while recording.asked < verdicts and len(recording.interviews) < MOST_INTERVIEWS:
        recording.interviews.extend(_interviews(example, chance))
    return recording


def _interviews(example: Example, chance: Random) -> Iterator[Interview]:
    today = datetime.fromisoformat(NOW).date()
    imagination = Imagination(example, today)
    imagined = [imagination.interview(chance) for _ in range(AT_ONCE)]
    answered = ask_engine(example, [as_xml(example.form, answers) for answers in imagined])
    for answers, leaves in zip(imagined, answered, strict=True):
        yield _Settlement(example, chance, answers).interview(leaves)


def _engine_version() -> str:
    installed = json.loads((HERE / "package.json").read_text())["dependencies"]
    return f"{ENGINE} {installed[ENGINE]}"


def ask_engine(example: Example, interviews: list[str]) -> list[list[Leaf]]:
    """For each interview (an XML document) the questions in order."""
    xform = compile_xform(example.document).xml.decode()
    asked = json.dumps({"now": NOW, "xform": xform, "files": example.files(), "interviews": interviews})
    answered = subprocess.run(
        ["node", HERE / "engine.mjs"],
        input=asked,
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": "Asia/Jakarta"},
        check=False,
    )
    if answered.returncode:
        raise RuntimeError(f"{example.name}: {answered.stderr[-3000:]}")
    return [[Leaf(**leaf) for leaf in leaves] for leaves in json.loads(answered.stdout)]


def as_xml(form: Form, answers: Mapping[str, Any]) -> str:
    root = ElementTree.Element(form.root.name, id=form.form_id, version=form.version)
    _write(root, form.root, answers)
    ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "instanceID").text = "uuid:1"
    return ElementTree.tostring(root, encoding="unicode")


def _write(parent: ElementTree.Element, group: Group, answers: Mapping[str, Any]) -> None:
    for name, child in group.children.items():
        given = answers.get(name)
        if isinstance(child, Group):
            for turn in (given or []) if child.repeat else [given or {}]:
                _write(ElementTree.SubElement(parent, name), child, turn)
        else:
            ElementTree.SubElement(parent, name).text = text_of_answer(given)


class _Settlement:
    """An imagined interview becomes one that could arrive, and what the engine said becomes findings.

    The engine calculates anew, drops choices that are not on offer, and counts the turns of repeats. Where other
    questions look, the interview follows it, for else one wrong answer would be told many times in other words. Where
    nothing else looks, wrong choices stay and some calculations are made stale.
    """

    def __init__(self, example: Example, chance: Random, imagined: Tree) -> None:
        self.example = example
        self.chance = chance
        self.imagined = imagined
        self.answers: Tree = {}
        self.asked = 0
        self.found: dict[str, list[str]] = {}

    def interview(self, leaves: list[Leaf]) -> Interview:
        for leaf in leaves:
            steps = [(name, int(turn or 0)) for name, turn in _TURN.findall(leaf.path)][1:]
            question = self.example.form.find("/".join(name for name, _ in steps))
            if question is not None and steps[0][0] != "meta":
                self.settle(leaf, steps, question)
        return Interview(self.answers, self.asked, self.found)

    def settle(self, leaf: Leaf, steps: list[tuple[str, int]], question: Question) -> None:
        given = self.given(leaf, _look_up(self.imagined, steps), question)
        _keep(self.answers, steps, given)
        path = "/".join(f"{name}[{turn}]" if turn else name for name, turn in steps)
        for code in self.verdicts(leaf, text_of_answer(given), question):
            self.found.setdefault(code, []).append(path)

    def given(self, leaf: Leaf, imagined: Any, question: Question) -> Any:
        if not leaf.relevant:
            return imagined
        row = self.example.row(question.path)
        looked_at = question.name in self.example.looked_at
        if row.text("calculation"):
            spoiled = bool(leaf.value) and not looked_at and self.chance.random() < STALE
            return f"1{leaf.value}" if spoiled else leaf.value or None
        if leaf.choices is not None and looked_at:
            kept = leaf.value.split(" ") if question.type == "select_multiple" else leaf.value
            return kept if leaf.value else None
        return imagined

    def verdicts(self, leaf: Leaf, given: str, question: Question) -> Iterator[str]:
        """The codes of what is wrong; each question that is asked here counts, whatever the answer."""
        row = self.example.row(question.path)
        if not given:
            yield from self.verdict("required", row, leaf.relevant and leaf.required, if_=not question.calculated)
        elif not leaf.relevant:
            yield from self.verdict("relevance", row, True, if_=not question.calculated)
        else:
            same = _same(given, leaf.value)
            yield from self.verdict("relevance", row, False, if_=not question.calculated)
            yield from self.verdict("constraint", row, not leaf.valid, if_=same)
            yield from self.verdict("calculation", row, not same, if_=not _VOLATILE.search(row.text("calculation")))
            for choice in given.split(" ") if leaf.choices is not None else ():
                yield from self.verdict("choice_filter", row, choice not in leaf.choices)

    def verdict(self, code: str, row: Line, wrong: bool, *, if_: bool = True) -> Iterator[str]:
        if if_ and (code == "relevance" or row.text(code)):
            self.asked += 1
            if wrong:
                yield code


def _same(one: str, other: str) -> bool:
    """The engine writes 5 as 5.0 where decimals are asked for."""
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def _look_up(answers: Any, steps: list[tuple[str, int]]) -> Any:
    for name, turn in steps:
        answers = answers.get(name) if isinstance(answers, dict) else None
        if turn:
            answers = answers[turn - 1] if answers and len(answers) >= turn else None
    return answers


def _keep(answers: Tree, steps: list[tuple[str, int]], value: Any) -> None:
    """Makes the groups and turns on the way, also where there is nothing to keep in them."""
    *above, (last, _) = steps
    for name, turn in above:
        if turn:
            turns = answers.setdefault(name, [])
            while len(turns) < turn:
                turns.append({})
            answers = turns[turn - 1]
        else:
            answers = answers.setdefault(name, {})
    if value is not None:
        answers[last] = value


if __name__ == "__main__":
    main()
