"""PostgreSQL takes no samples of personal columns: its statistics would keep values that were erased."""

from alembic import op

revision = "0009"
down_revision = "0008"

PERSONAL = {
    "participant": ("name", "email"),
    "address": ("street", "house_number", "postal_code", "city"),
    "location": ("latitude", "longitude"),
    "measurement_device": ("name",),
    "pv_system": ("nominal_power", "azimuth", "tilt", "installation_date"),
    "incident": ("cause", "detail"),
    "correction": ("value", "word"),
}


def upgrade() -> None:
    _sample(0)


def downgrade() -> None:
    _sample(-1)


def _sample(target: int) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in PERSONAL.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}")
    op.execute(f"ALTER INDEX participant_email ALTER COLUMN 1 SET STATISTICS {target}")
