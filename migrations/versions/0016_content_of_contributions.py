"""What an interview contributes is kept as one piece, and the journal of sums tells who came or went. The server scores
all interviews anew when it starts."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")


def upgrade() -> None:
    _begin_anew("changes", sa.Column("content", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    _begin_anew(
        "tallies",
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=True),
    )


def _begin_anew(entered: str, *contributed: sa.Column[Any]) -> None:
    op.execute("DELETE FROM score_cell")
    op.execute("UPDATE framework_version SET scored = false")
    op.drop_table("score_entry")
    op.create_table(
        "score_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("journal_bytes", sa.BigInteger(), nullable=False),
        sa.Column(entered, sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.drop_table("scored_interview")
    _create_scored_interview(*contributed)


def _create_scored_interview(*contributed: sa.Column[Any]) -> None:
    op.create_table(
        "scored_interview",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("round", sa.String(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("summed", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        *contributed,
        sa.PrimaryKeyConstraint("instance_id", "framework_id", "framework_version"),
    )
    place = ["framework_id", "framework_version"]
    op.create_index("ix_scored_interview_framework", "scored_interview", [*place, "community", "seq"])
    waiting = sa.text("summed <> CASE WHEN NOT counts THEN 0 WHEN approved THEN 2 ELSE 1 END")
    op.create_index(
        "ix_scored_interview_waiting", "scored_interview", place, sqlite_where=waiting, postgresql_where=waiting
    )
