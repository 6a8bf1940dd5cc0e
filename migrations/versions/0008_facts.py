"""Facts of communities beside the interviews, and workshops with what they agreed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

uuid_bytes = sa.LargeBinary(length=16).with_variant(postgresql.UUID(), "postgresql")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("id", uuid_bytes, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("round", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("scale_min", sa.Float(), nullable=False),
        sa.Column("scale_max", sa.Float(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("recorded_by", uuid_bytes, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fact_framework", "fact", ["framework_id", "community", "seq"])
    op.create_table(
        "workshop",
        sa.Column("id", uuid_bytes, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("framework_id", sa.String(), nullable=False),
        sa.Column("framework_version", sa.String(), nullable=False),
        sa.Column("framework_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("round", sa.String(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("survey_seq", sa.BigInteger(), nullable=False),
        sa.Column("corrects", uuid_bytes, nullable=True),
        sa.Column("recorded_by", uuid_bytes, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_workshop_framework", "workshop", ["framework_id", "community", "seq"])
    op.create_table(
        "workshop_entry",
        sa.Column("workshop_id", uuid_bytes, nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("agreed", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("dissent", sa.String(), nullable=True),
        sa.Column("scale_min", sa.Float(), nullable=False),
        sa.Column("scale_max", sa.Float(), nullable=False),
        sa.Column("survey", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"]),
        sa.PrimaryKeyConstraint("workshop_id", "node"),
    )


def downgrade() -> None:
    op.drop_table("workshop_entry")
    op.drop_index("ix_workshop_framework", table_name="workshop")
    op.drop_table("workshop")
    op.drop_index("ix_fact_framework", table_name="fact")
    op.drop_table("fact")
