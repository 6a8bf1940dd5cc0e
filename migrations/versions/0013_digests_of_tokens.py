"""What Digest authentication needs to know of a token."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("token", sa.Column("digest_md5", sa.LargeBinary(16), nullable=True))
    op.add_column("token", sa.Column("digest_sha256", sa.LargeBinary(32), nullable=True))


def downgrade() -> None:
    op.drop_column("token", "digest_sha256")
    op.drop_column("token", "digest_md5")
