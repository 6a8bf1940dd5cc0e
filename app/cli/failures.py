"""Failures that are to be expected, each as one clear line."""

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.database.backup import BadCopy
from app.database.claim import Occupied
from app.database.engines import sqlite
from app.database.restore import NotEmpty
from app.problems import Problem

EXPECTED = (
    typer.TyperException,
    Problem,
    ValidationError,
    SQLAlchemyError,
    sqlite.Error,
    OSError,
    BadCopy,
    NotEmpty,
    Occupied,
)


def one_line(failure: Exception) -> str:
    """What went wrong, for the person who typed the command."""
    return " ".join(_told(failure).split())


def _told(failure: Exception) -> str:
    match failure:
        case typer.TyperException():
            return f"{failure.format_message().rstrip('.')}. See: tangguh --help"
        case ValidationError():
            wrong = (f"TANGGUH_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in failure.errors())
            return f"a setting is wrong: {'; '.join(wrong)}"
        case SQLAlchemyError() | sqlite.Error():
            return f"the database cannot be used: {getattr(failure, 'orig', None) or failure}"
        case OSError(filename=str(file)):
            return f"{file}: {failure.strerror}"
    return str(failure)
