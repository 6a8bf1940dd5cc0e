"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


uuid_bytes = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", uuid_bytes, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])

    op.create_table(
        "batch",
        sa.Column("device_id", uuid_bytes, nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("conflict", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("receipts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "batch_id"),
    )
    op.create_table(
        "community",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("bps_code", sa.String(), nullable=True),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "form_version",
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("form_id", "version"),
    )
    op.create_table(
        "framework_version",
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("scored", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("framework_id", "version"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("device_id", uuid_bytes, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("outbox", sa.BigInteger(), nullable=True),
        sa.Column("oldest_unsent_at", moment, nullable=True),
        sa.Column("app_version", sa.String(), nullable=True),
        sa.Column("battery", sa.Float(), nullable=True),
        sa.Column("free_bytes", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_table(
        "holder",
        sa.Column("id", uuid_bytes, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("communities", sa.JSON(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "scored_interview",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("round", sa.String(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "framework_id", "framework_version"),
    )
    op.create_index(
        "ix_scored_interview_framework",
        "scored_interview",
        ["framework_id", "framework_version", "community"],
    )

    op.create_table(
        "server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", uuid_bytes, nullable=False),
        sa.Column("epoch", uuid_bytes, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "set_aside",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", uuid_bytes, nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("settled_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("instance_id", "sha256"),
    )
    op.create_index("ix_set_aside_seq", "set_aside", ["seq"])

    op.create_table(
        "submission",
        sa.Column("instance_id", uuid_bytes, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("form_id", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("deprecated_id", uuid_bytes, nullable=True),
        sa.Column("community", sa.String(), nullable=True),
        sa.Column("round", sa.String(), nullable=True),
        sa.Column("enumerator", sa.String(), nullable=True),
        sa.Column("refusal", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("device_id", uuid_bytes, nullable=True),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("received_at", moment, nullable=True),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("instance_id"),
    )
    op.create_index(
        "ix_submission_deprecated_id",
        "submission",
        ["deprecated_id"],
        sqlite_where=sa.text("deprecated_id IS NOT NULL"),
        postgresql_where=sa.text("deprecated_id IS NOT NULL"),
    )
    op.create_index("ix_submission_seq", "submission", ["seq"])

    op.create_table(
        "token",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("holder_id", uuid_bytes, nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["holder.id"],
        ),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_token_holder_id", "token", ["holder_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("submission_seq")))
