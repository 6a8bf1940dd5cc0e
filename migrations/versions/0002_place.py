"""A database knows where it lives, so that a copy of it can tell."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("server", sa.Column("place", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("server", "place")
