"""Which version a device tried last, why it did not keep it, and since when it says so."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("measurement_device", sa.Column("update_tried", sa.String(64)))
    op.add_column("measurement_device", sa.Column("update_reason", sa.String(200)))
    op.add_column("measurement_device", sa.Column("update_since", sa.BigInteger))


def downgrade() -> None:
    with op.batch_alter_table("measurement_device") as device:
        for column in ("update_since", "update_reason", "update_tried"):
            device.drop_column(column)
