"""XForms of published versions, for ODK Collect. Those of earlier versions are made at the next start."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "xform",
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("md5", sa.String(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("itemsets", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("form_id", "version"),
    )


def downgrade() -> None:
    op.drop_table("xform")
