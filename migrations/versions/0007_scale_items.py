"""Scores of the items of scales that are to be checked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scored_interview", sa.Column("items", sa.JSON(), nullable=True))
    # The items of what is kept already are found when the server scores it again at its next start.
    op.execute(sa.text("UPDATE framework_version SET scored = false"))


def downgrade() -> None:
    op.drop_column("scored_interview", "items")
