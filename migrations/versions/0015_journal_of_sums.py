"""A journal of what is added to the sums of scores. All sums begin anew: they also stand in another order now."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "score_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("journal_bytes", sa.BigInteger(), nullable=False),
        sa.Column("tallies", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _begin_anew()


def downgrade() -> None:
    _begin_anew()
    op.drop_table("score_entry")


def _begin_anew() -> None:
    """The server counts all interviews when it starts."""
    op.execute("DELETE FROM score_cell")
    op.execute("UPDATE scored_interview SET summed = 0")
