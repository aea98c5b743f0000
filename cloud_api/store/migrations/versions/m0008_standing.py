"""How devices stand, what they told of themselves over time, what was sent of alerts, and diagnostics."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = ("urgency", "buffered", "update_state", "diagnostics_wanted_at")


def upgrade() -> None:
    op.add_column("measurement_device", sa.Column("urgency", sa.Integer, nullable=False, server_default="2"))
    op.add_column("measurement_device", sa.Column("buffered", sa.BigInteger))
    op.add_column("measurement_device", sa.Column("update_state", sa.String(32)))
    op.add_column("measurement_device", sa.Column("diagnostics_wanted_at", sa.BigInteger))
    op.create_index("measurement_device_urgency", "measurement_device", ["urgency", "uuid"])
    op.create_index("meter_measurement_device", "meter", ["measurement_device"])
    op.create_table(
        "device_version",
        sa.Column("measurement_device", sa.Uuid, sa.ForeignKey("measurement_device.uuid"), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("versions", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("measurement_device", "since", name="device_version_pk"),
    )
    op.create_table(
        "diagnostics",
        sa.Column("measurement_device", sa.Uuid, sa.ForeignKey("measurement_device.uuid"), nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("measurement_device", name="diagnostics_pk"),
    )
    op.create_table(
        "alert",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.BigInteger, nullable=False),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("channel", "subject", name="alert_pk"),
    )


def downgrade() -> None:
    for table in ("alert", "diagnostics", "device_version"):
        op.drop_table(table)
    op.drop_index("meter_measurement_device", "meter")
    op.drop_index("measurement_device_urgency", "measurement_device")
    with op.batch_alter_table("measurement_device") as device:
        for name in reversed(COLUMNS):
            device.drop_column(name)
