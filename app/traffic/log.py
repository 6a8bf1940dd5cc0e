"""The log: a JSON object a line for programs, a short line on a terminal. Only facts from a list get in.

No answer, name or token stands in a log. So a request is told by its route's template, never by its path; and of an
exception its type and where it happened, never its text, which may quote what it stumbled over.
"""

import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from sqlalchemy.exc import SQLAlchemyError

from app.problems import Problem

Form = Literal["auto", "json", "text"]

FACTS = ("method", "route", "status", "duration_ms", "bytes_in", "bytes_out", "device_id")
"""What a line may say beside its event; given as `extra`."""

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Which request this is about. It is told in the header `X-Request-Id` and in every line of the log."""


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            **_facts(record),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = told(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


class TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={fact}" for name, fact in _facts(record).items())
        lines = [
            f"{datetime.fromtimestamp(record.created):%H:%M:%S} {record.levelname.lower():<7} {_event(record)} {facts}"
        ]
        if record.exc_info and record.exc_info[1]:
            lines += [f"    {each}" for each in told(record.exc_info[1])]
        return "\n".join(lines).rstrip()


def configuration(form: Form) -> dict[str, Any]:
    """For `logging.config.dictConfig`, and for uvicorn, whose own lines then look the same."""
    if form == "auto":
        form = "text" if sys.stderr.isatty() else "json"
    lines = TextLines if form == "text" else JsonLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{lines.__module__}.{lines.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"tangguh": {"level": "INFO"}},
    }


def told(error: BaseException) -> list[str]:
    """What may be said of an exception and of what caused it: types and places, a line each."""
    lines = [_named(error)]
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines if cause is None else [*lines, "because of", *told(cause)]


def _named(error: BaseException) -> str:
    name = type(error).__qualname__
    match error:
        case Problem():
            return f"{name}: {error.slug}"
        case SQLAlchemyError():
            # The engines have taken the values out of it.
            return f"{name}: {str(getattr(error, 'orig', None) or error).splitlines()[0]}"
        case OSError(strerror=str(reason)):
            return f"{name}: {reason}"
    return name


def _event(record: logging.LogRecord) -> str:
    """What happened. What others log may go on to quote an exception; its first line does not."""
    lines = record.getMessage().splitlines() or [""]
    return lines[0]


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    facts = {name: getattr(record, name) for name in FACTS if getattr(record, name, None) is not None}
    current = request_id.get()
    return facts | ({"request_id": current} if current else {})
