"""`INSERT` with a word on what to do where a row stands already, which SQL leaves to each database."""

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel


def insert_into(table: Table | type[SQLModel], dialect: Dialect) -> postgresql.Insert | sqlite.Insert:
    """An insert with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)
