"""Which port of which bastion a device was given for its tunnel."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("bastion", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("device", sa.Uuid, nullable=False),
        sa.Column("host_key", sa.String(80), nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("not_after", sa.BigInteger, nullable=False),
        sa.Column("denied_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("bastion", "port", name="lease_pk"),
        sa.ForeignKeyConstraint(["device"], ["measurement_device.uuid"], name="lease_device_fk"),
    )
    op.create_index("lease_device", "lease", ["device"])
    op.create_index("lease_not_after", "lease", ["not_after"])
    op.create_index("lease_newest", "lease", ["bastion", "issued_at"])


def downgrade() -> None:
    op.drop_table("lease")
