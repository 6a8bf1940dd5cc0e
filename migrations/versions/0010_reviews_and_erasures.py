"""Reviews of interviews, and what remains of those that were erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")
moment = sa.DateTime(timezone=True)
numbered = sa.text("device_seq IS NOT NULL")
waiting = sa.text("summed <> CASE WHEN NOT counts THEN 0 WHEN approved THEN 2 ELSE 1 END")


def upgrade() -> None:
    op.add_column("submission", sa.Column("review", sa.String(), nullable=True))
    op.add_column("scored_interview", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.false()))
    _sum_anew()
    op.create_table(
        "review",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("instance_id", "sha256", "number"),
    )
    op.create_table(
        "erasure",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("device_id", uuid_bytes, nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column("received_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "sha256"),
    )
    op.create_index("ix_erasure_seq", "erasure", ["seq"])
    op.create_index(
        "ix_erasure_device_seq",
        "erasure",
        ["device_id", "device_seq"],
        sqlite_where=numbered,
        postgresql_where=numbered,
    )


def _sum_anew() -> None:
    """Cells tell approved interviews apart from now on: the server adds all up again at its next start."""
    op.execute(sa.text("DELETE FROM score_cell"))
    op.execute(sa.text("UPDATE scored_interview SET summed = 0"))
    op.execute(sa.text("UPDATE framework_version SET scored = false"))
    op.add_column("score_cell", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("score_cell") as batch:
        batch.alter_column("approved", server_default=None)
    op.drop_index("ix_scored_interview_waiting", "scored_interview")
    op.create_index(
        "ix_scored_interview_waiting",
        "scored_interview",
        ["framework_id", "framework_version"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
