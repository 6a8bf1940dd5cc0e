"""The layouts of all published frameworks, for whoever changes the sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Dialect, bindparam, select
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from app.database import Ready, made_once, table_of
from app.scoring.framework import Framework
from app.scoring.layout import Layout
from app.scoring.tables import FrameworkVersion

Place = tuple[str, str]
"""A framework and its version."""

_made: dict[bytes, Layout] = {}


def layouts(session: Session) -> Mapping[Place, Layout]:
    """The layout of every published version, each made once in a process."""
    run, ready = session.connection().execute, _statements(session)
    found = {}
    published: Sequence[Any] = ready.frameworks.run(session).all()
    for framework_id, version, sha256 in published:
        if sha256 not in _made:
            content = run(ready.content, {"of_sha256": sha256}).scalars().first()
            _made[sha256] = Layout.of(Framework.model_validate(orjson.loads(content or b"")))
        found[framework_id, version] = _made[sha256]
    return found


@dataclass(frozen=True)
class _Statements:
    frameworks: Ready
    content: Executable


@made_once
def _statements(dialect: Dialect) -> _Statements:
    framework = table_of(FrameworkVersion)
    return _Statements(
        frameworks=Ready(select(framework.c.framework_id, framework.c.version, framework.c.sha256), dialect),
        content=select(framework.c.content).where(framework.c.sha256 == bindparam("of_sha256")),
    )
