"""Orders of the register, so that a page of it is found without sorting all households."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("consent_state", "consent", ["state", "household"])
    op.create_index("location_region", "location", ["region", "household"])


def downgrade() -> None:
    op.drop_index("location_region", "location")
    op.drop_index("consent_state", "consent")
