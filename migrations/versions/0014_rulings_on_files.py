"""What coordinators decided where several files came under one name.

Audits that interviews in XML name, and that came before, are found by `tangguh rebuild`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "file_ruling",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", "sha256"),
    )
    op.create_index("ix_file_ruling_instance_id", "file_ruling", ["instance_id"])


def downgrade() -> None:
    op.drop_table("file_ruling")
