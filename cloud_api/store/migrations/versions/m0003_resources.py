"""Incidents and corrections, when a device was last heard of, and the versions on it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"

OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    op.add_column("measurement_device", sa.Column("last_active_at", sa.BigInteger))
    op.add_column("measurement_device", sa.Column("versions", sa.Text))
    op.create_table(
        "incident",
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("meter", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("reported_at", sa.BigInteger, nullable=False),
        sa.Column("resolved_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("household", "uuid", name="incident_pk"),
        sa.ForeignKeyConstraint(["household"], ["household.uuid"], name="incident_household_fk"),
        sa.ForeignKeyConstraint(["meter"], ["meter.uuid"], name="incident_meter_fk"),
    )
    op.create_index(
        "incident_one_open",
        "incident",
        ["household", "meter", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("incident_meter", "incident", ["household", "meter", "opened_at"])
    op.create_index("incident_opened_at", "incident", ["opened_at", "uuid"])
    op.create_table(
        "correction",
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("word", sa.Text),
        sa.Column("reported_at", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("household", "uuid", name="correction_pk"),
        sa.ForeignKeyConstraint(["household"], ["household.uuid"], name="correction_household_fk"),
        sa.CheckConstraint("state IN ('open', 'applied', 'declined')", name="correction_state"),
    )
    op.create_index("correction_uuid", "correction", ["uuid"])
    op.create_index("correction_reported_at", "correction", ["reported_at", "uuid"])


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_table("incident")
    with op.batch_alter_table("measurement_device") as table:
        table.drop_column("versions")
        table.drop_column("last_active_at")
