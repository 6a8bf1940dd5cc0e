"""What the engine found in random interviews, as it was recorded: one file a form, one interview a line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recorded"
NOW = "2026-11-21T16:04:53+07:00"


@dataclass(frozen=True)
class Interview:
    """`asked` counts the verdicts; `found` are the bad ones: paths by code, a path twice for two withheld choices."""

    answers: dict[str, Any]
    asked: int
    found: dict[str, list[str]]


@dataclass(frozen=True)
class Recording:
    """`name` is the example's, `engine` the package with its version."""

    name: str
    engine: str
    seed: int
    interviews: list[Interview]

    @property
    def asked(self) -> int:
        return sum(interview.asked for interview in self.interviews)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> Recording:
    kept = json.loads((FOLDER / f"{name}.json").read_text())
    interviews = [Interview(**interview) for interview in kept["interviews"]]
    return Recording(name, kept["engine"], kept["seed"], interviews)


def write(recording: Recording) -> None:
    lines = [_json(vars(interview)) for interview in recording.interviews]
    head = f'{{"engine": {_json(recording.engine)}, "seed": {recording.seed}, "interviews": [\n'
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{recording.name}.json").write_text(head + ",\n".join(lines) + "\n]}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
