"""Contributions are found by the number of their interview, sums count reasons in another form, and the journal of sums
is text. All sums begin anew: the server counts all interviews when it starts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = (
    "seq, framework_id, framework_version, instance_id, received_at, community, round, counts, approved, synthetic, content"
)
PLACE = ["framework_id", "framework_version"]

uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")


def upgrade() -> None:
    _begin_journal(sa.String())
    _make_again("seq")


def downgrade() -> None:
    _begin_journal(sa.LargeBinary())
    _make_again("instance_id")


def _begin_journal(changes: sa.String | sa.LargeBinary) -> None:
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


def _make_again(key: str) -> None:
    op.execute("DELETE FROM score_cell")
    op.drop_index("ix_scored_interview_framework", "scored_interview")
    op.drop_index("ix_scored_interview_waiting", "scored_interview")
    op.rename_table("scored_interview", "scored_interview_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX scored_interview_pkey RENAME TO scored_interview_before_pkey")
    _create(key)
    op.execute(
        f"INSERT INTO scored_interview ({COLUMNS}, summed) SELECT {COLUMNS}, 0 FROM scored_interview_before ORDER BY seq"
    )
    op.drop_table("scored_interview_before")
    op.create_index("ix_scored_interview_framework", "scored_interview", [*PLACE, "community", "seq"])
    waiting = sa.text("summed <> CASE WHEN NOT counts THEN 0 WHEN approved THEN 2 ELSE 1 END")
    op.create_index(
        "ix_scored_interview_waiting", "scored_interview", PLACE, sqlite_where=waiting, postgresql_where=waiting
    )


def _create(key: str) -> None:
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
