"""Migrating from nothing gives just the tables that the code describes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

import app.tables
from app.database import Database
from app.database.engines import engine_for_migration
from app.database.store import HEAD, MIGRATIONS

assert app.tables.__all__


def test_migrated_from_nothing_it_equals_the_metadata(database_url: str) -> None:
    engine = engine_for_migration(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_every_table_has_its_key(database_url: str) -> None:
    """Which the comparison above does not look at."""
    engine = engine_for_migration(database_url)
    inspector = inspect(engine)
    kept = {name: inspector.get_pk_constraint(name)["constrained_columns"] for name in SQLModel.metadata.tables}
    assert kept == {name: list(table.primary_key.columns.keys()) for name, table in SQLModel.metadata.tables.items()}
    engine.dispose()


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = database.server()
    database.migrate()
    after = database.server()
    assert (after.server_id, after.epoch, after.generation) == (before.server_id, before.epoch, before.generation)


def test_the_newest_migration_is_known_by_name() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD
