"""Files of interviews: those that interviews name, those that have come, and those on their way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")
moment = sa.DateTime(timezone=True)
sha256 = sa.LargeBinary(length=32)


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sha256, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("device_id", uuid_bytes, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "name", "sha256"),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    op.create_index("ix_attachment_device_id", "attachment", ["device_id"])

    op.create_table(
        "upload",
        sa.Column("id", uuid_bytes, nullable=False),
        sa.Column("device_id", uuid_bytes, nullable=False),
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sha256, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("kept_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("device_id", "instance_id", "name", "sha256"),
    )
    op.create_index("ix_upload_begun_at", "upload", ["begun_at"])

    op.create_table(
        "discarded_content",
        sa.Column("sha256", sha256, nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )

    # Files that interviews which are kept already name are found by `tangguh rebuild`.
    op.add_column("submission", sa.Column("files", sa.JSON(), nullable=True))
    op.execute(sa.text("UPDATE submission SET files = '[]'"))


def downgrade() -> None:
    op.drop_column("submission", "files")
    for table in ("discarded_content", "upload", "attachment"):
        op.drop_table(table)
