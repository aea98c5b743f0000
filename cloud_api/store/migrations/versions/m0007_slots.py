"""Which measurements came late, and why slots have none."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "late_arrival",
        *_of_the_meter("time"),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("household", "meter", "time", name="late_arrival_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slot_reason",
        *_of_the_meter("begin"),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("household", "meter", "begin", name="slot_reason_pk"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("slot_reason")
    op.drop_table("late_arrival")


def _of_the_meter(moment: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("meter", sa.Uuid, nullable=False),
        sa.Column(moment, sa.BigInteger, nullable=False),
    )
