"""How many details a household lacks, counted once more for those that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

LACKING = """
    UPDATE household SET lacking_details =
        CASE WHEN EXISTS (SELECT 1 FROM location WHERE location.household = household.uuid
            AND location.region IS NOT NULL) THEN 0 ELSE 1 END
        + CASE WHEN EXISTS (SELECT 1 FROM meter WHERE meter.household = household.uuid
            AND meter.type = 'ELECTRICITY') THEN 0 ELSE 1 END
        + CASE WHEN EXISTS (SELECT 1 FROM pv_system WHERE pv_system.household = household.uuid) THEN 0 ELSE 1 END
"""


def upgrade() -> None:
    op.add_column("household", sa.Column("lacking_details", sa.Integer, nullable=False, server_default="0"))
    op.execute(LACKING)
    op.create_index("household_lacking", "household", ["lacking_details", "uuid"])


def downgrade() -> None:
    op.drop_index("household_lacking", "household")
    with op.batch_alter_table("household") as household:
        household.drop_column("lacking_details")
