"""Corrections of what was held, rulings on conflicts, and the numbers of each tablet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")
moment = sa.DateTime(timezone=True)
waiting = sa.text("settled_at IS NULL")
numbered = sa.text("device_seq IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "sha256", "number"),
    )

    op.create_table(
        "ruling",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", "instance_id", "sha256"),
    )
    op.create_index("ix_ruling_instance_id", "ruling", ["instance_id"])

    op.add_column("set_aside", sa.Column("told_again", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Until now nothing else settled what was held than the tablet that brought it again.
    op.execute("UPDATE set_aside SET told_again = (settled_at IS NOT NULL)")
    op.create_index(
        "ix_set_aside_waiting", "set_aside", ["kind", "seq"], sqlite_where=waiting, postgresql_where=waiting
    )
    for table in ("set_aside", "submission"):
        op.create_index(
            f"ix_{table}_device_seq",
            table,
            ["device_id", "device_seq"],
            sqlite_where=numbered,
            postgresql_where=numbered,
        )
