"""Contributions are found by the number of their interview, and the place of an interview stands in one piece of them;
sums count reasons in another form, and their journal is text. The server scores all interviews anew when it starts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PLACE = ["framework_id", "framework_version"]

uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")


def upgrade() -> None:
    _begin_anew("seq", sa.String())


def downgrade() -> None:
    _begin_anew("instance_id", sa.LargeBinary())


def _begin_anew(key: str, changes: sa.String | sa.LargeBinary) -> None:
    op.execute("DELETE FROM score_cell")
    op.execute("UPDATE framework_version SET scored = false")
    op.drop_table("score_entry")
    op.create_table(
        "score_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("journal_bytes", sa.BigInteger(), nullable=False),
        sa.Column("changes", changes, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.drop_table("scored_interview")
    _create_scored_interview(key)


def _create_scored_interview(key: str) -> None:
    op.create_table(
        "scored_interview",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("round", sa.String(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("summed", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(key, *PLACE),
    )
    op.create_index("ix_scored_interview_framework", "scored_interview", [*PLACE, "community", "seq"])
    waiting = sa.text("summed <> CASE WHEN NOT counts THEN 0 WHEN approved THEN 2 ELSE 1 END")
    op.create_index(
        "ix_scored_interview_waiting", "scored_interview", PLACE, sqlite_where=waiting, postgresql_where=waiting
    )
