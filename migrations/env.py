"""Runs migrations on the database of `Database.migrate`, or on the one of the environment."""

from alembic import context
from sqlmodel import SQLModel

import app.tables
from app.database.engines import engine_for_migration
from app.settings import Settings

assert app.tables.__all__

url = context.config.attributes.get("url") or Settings().database_url
engine = engine_for_migration(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
