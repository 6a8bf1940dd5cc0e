"""Sums of scores by cell, and whether they hold an interview."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "score_cell",
        sa.Column("cell_id", sa.LargeBinary(length=16), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("framework_id", "framework_version", "community", "round", "stratum", "psu", "ssu")
        ),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("dimensions", "sums", "counts", "moments")),
        sa.PrimaryKeyConstraint("cell_id"),
    )
    op.create_index("ix_score_cell_framework", "score_cell", ["framework_id", "framework_version", "community"])
    op.add_column("scored_interview", sa.Column("summed", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("scored_interview") as batch:
        batch.alter_column("summed", server_default=None)
        batch.drop_index("ix_scored_interview_framework")
        batch.create_index(
            "ix_scored_interview_framework", ["framework_id", "framework_version", "community", "seq"]
        )
    op.create_index(
        "ix_scored_interview_waiting",
        "scored_interview",
        ["framework_id", "framework_version"],
        sqlite_where=sa.text("summed <> CAST(counts AS INTEGER)"),
        postgresql_where=sa.text("summed <> CAST(counts AS INTEGER)"),
    )
