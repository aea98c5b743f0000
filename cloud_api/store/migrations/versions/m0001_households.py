"""Households with all that hangs on them, consent, certificates and measurements."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "participant",
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("uuid", name="participant_pk"),
    )
    op.create_index("participant_email", "participant", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "household",
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("participant", sa.Uuid),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
        sa.Column("children", sa.Integer, nullable=False),
        sa.Column("adults", sa.Integer, nullable=False),
        sa.Column("employed_adults", sa.Integer, nullable=False),
        sa.Column("ev_charger", sa.Boolean, nullable=False),
        sa.Column("heat_pump", sa.Boolean, nullable=False),
        sa.Column("home_battery", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("uuid", name="household_pk"),
        sa.ForeignKeyConstraint(["participant"], ["participant.uuid"], name="household_participant_fk"),
    )
    op.create_index("household_participant", "household", ["participant"])
    op.create_table(
        "address",
        *_of_the_household("address"),
        sa.Column("street", sa.Text, nullable=False),
        sa.Column("house_number", sa.Text, nullable=False),
        sa.Column("postal_code", sa.Text, nullable=False),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
    )
    op.create_table(
        "location",
        *_of_the_household("location"),
        sa.Column("latitude", sa.Float, nullable=False),
        sa.Column("longitude", sa.Float, nullable=False),
    )
    op.create_table(
        "consent",
        *_of_the_household("consent"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("granted_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("text_version", sa.Text),
        sa.CheckConstraint("state IN ('not-granted', 'granted', 'revoked')", name="consent_state"),
    )
    op.create_table(
        "measurement_device",
        *_part_of_the_household("measurement_device"),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_index("measurement_device_household", "measurement_device", ["household"])
    op.create_table(
        "certificate",
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("measurement_device", sa.Uuid, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("not_after", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="certificate_pk"),
        sa.ForeignKeyConstraint(
            ["measurement_device"], ["measurement_device.uuid"], name="certificate_measurement_device_fk"
        ),
    )
    op.create_index("certificate_measurement_device", "certificate", ["measurement_device"])
    op.create_table(
        "meter",
        *_part_of_the_household("meter"),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("model_number", sa.String(32), nullable=False),
        sa.Column("measurement_device", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_device"], ["measurement_device.uuid"], name="meter_measurement_device_fk"
        ),
        sa.CheckConstraint("type IN ('ELECTRICITY', 'PV-GENERATION')", name="meter_type"),
    )
    op.create_index("meter_household", "meter", ["household"])
    op.create_table(
        "pv_system",
        *_part_of_the_household("pv_system"),
        sa.Column("nominal_power", sa.Float, nullable=False),
        sa.Column("azimuth", sa.Float, nullable=False),
        sa.Column("tilt", sa.Float, nullable=False),
        sa.Column("installation_date", sa.Date, nullable=False),
        sa.Column("meter", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["meter"], ["meter.uuid"], name="pv_system_meter_fk"),
    )
    op.create_index("pv_system_household", "pv_system", ["household"])
    op.create_table(
        "measurement",
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("meter", sa.Uuid, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("household", "meter", "time", name="measurement_pk"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in (
        *("measurement", "pv_system", "meter", "certificate", "measurement_device"),
        *("consent", "location", "address", "household", "participant"),
    ):
        op.drop_table(table)


def _of_the_household(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What a table with one row for a household begins with."""
    return (
        sa.Column("household", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("household", name=f"{table}_pk"),
        sa.ForeignKeyConstraint(["household"], ["household.uuid"], name=f"{table}_household_fk"),
    )


def _part_of_the_household(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What a table begins with whose rows are listed in a household's document, in their order."""
    return (
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("uuid", name=f"{table}_pk"),
        sa.ForeignKeyConstraint(["household"], ["household.uuid"], name=f"{table}_household_fk"),
    )
