"""The tables. The household comes first in every key that grows, so that households can be spread over databases."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
)

from cloud_api.store.moments import Moment

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_name)s",
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "ck": "%(table_name)s_%(constraint_name)s",
    }
)

participant = Table(
    "participant",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
)
Index("participant_email", func.lower(participant.c.email), unique=True)

household = Table(
    "household",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("participant", ForeignKey("participant.uuid"), index=True),
    Column("registered_at", Moment, nullable=False),
    Column("children", Integer, nullable=False),
    Column("adults", Integer, nullable=False),
    Column("employed_adults", Integer, nullable=False),
    Column("ev_charger", Boolean, nullable=False),
    Column("heat_pump", Boolean, nullable=False),
    Column("home_battery", Boolean, nullable=False),
)

address = Table(
    "address",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("street", Text, nullable=False),
    Column("house_number", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("country", Text, nullable=False),
)

location = Table(
    "location",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("granted_at", Moment),
    Column("revoked_at", Moment),
    Column("text_version", Text),
    CheckConstraint("state IN ('not-granted', 'granted', 'revoked')", name="state"),
)

measurement_device = Table(
    "measurement_device",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("household", ForeignKey("household.uuid"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

certificate = Table(
    "certificate",
    metadata,
    # a serial has up to 159 bits, more than an integer column holds: hexadecimal
    Column("serial", String(40), primary_key=True),
    Column("measurement_device", ForeignKey("measurement_device.uuid"), nullable=False, index=True),
    Column("issued_at", Moment, nullable=False),
    Column("not_after", Moment, nullable=False),
)

meter = Table(
    "meter",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("household", ForeignKey("household.uuid"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("type", String(16), nullable=False),
    Column("model_number", String(32), nullable=False),
    Column("measurement_device", ForeignKey("measurement_device.uuid"), nullable=False),
    CheckConstraint("type IN ('ELECTRICITY', 'PV-GENERATION')", name="type"),
)

pv_system = Table(
    "pv_system",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("household", ForeignKey("household.uuid"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("nominal_power", Float, nullable=False),
    Column("azimuth", Float, nullable=False),
    Column("tilt", Float, nullable=False),
    Column("installation_date", Date, nullable=False),
    Column("meter", ForeignKey("meter.uuid"), nullable=False),
)

measurement = Table(
    "measurement",
    metadata,
    Column("household", Uuid, primary_key=True),
    Column("meter", Uuid, primary_key=True),
    Column("time", Moment, primary_key=True),
    # the registers as JSON, digit for digit as they came
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)
