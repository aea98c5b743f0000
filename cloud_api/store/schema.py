"""The tables. The household comes first in every key that grows, so that households can be spread over databases."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
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
    # how many details it lacks: see details.py
    Column("lacking_details", Integer, nullable=False, server_default="0"),
    # the share of the expected slots that were measured, and when that was reckoned last
    Column("completeness", Float),
    Column("reckoned_at", Moment),
)
Index("household_lacking", household.c.lacking_details, household.c.uuid)
Index("household_completeness", household.c.completeness, household.c.uuid)
Index("household_registered_at", household.c.registered_at, household.c.uuid)

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
    Column("precision", String(16), nullable=False, server_default="manual"),
    Column("region", String(5)),
)
Index("location_region", location.c.region, location.c.household)

consent = Table(
    "consent",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("granted_at", Moment),
    Column("revoked_at", Moment),
    Column("text_version", Text),
    Column("text_sha256", String(64)),
    CheckConstraint("state IN ('not-granted', 'granted', 'revoked')", name="state"),
)
Index("consent_state", consent.c.state, consent.c.household)

consent_text = Table(
    "consent_text",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
)

geodata = Table(
    "geodata",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("imported_at", Moment, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("attributions", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

measurement_device = Table(
    "measurement_device",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("household", ForeignKey("household.uuid"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("last_active_at", Moment),
    # what its User-Agent named, as a JSON object of component and version
    Column("versions", Text),
    # how badly it needs somebody: see standing.py
    Column("urgency", Integer, nullable=False, server_default="2"),
    # how many measurements wait on it, and what becomes of its update, as it says itself
    Column("buffered", BigInteger),
    Column("update_state", String(32)),
    # which version that is about, why it was not kept, and since when the device says so
    Column("update_tried", String(64)),
    Column("update_reason", String(200)),
    Column("update_since", Moment),
    Column("diagnostics_wanted_at", Moment),
)
Index("measurement_device_urgency", measurement_device.c.urgency, measurement_device.c.uuid)

device_version = Table(
    "device_version",
    metadata,
    Column("measurement_device", ForeignKey("measurement_device.uuid"), primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("versions", Text, nullable=False),
)

diagnostics = Table(
    "diagnostics",
    metadata,
    Column("measurement_device", ForeignKey("measurement_device.uuid"), primary_key=True),
    Column("received_at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("channel", String(16), primary_key=True),
    # a device and what is wrong with it: nothing that tells of people
    Column("subject", String(128), primary_key=True),
    # when that began of which was told last
    Column("since", Moment, nullable=False),
    Column("sent_at", Moment, nullable=False),
    # false from before it is sent until it was: whoever finds it so later sends it again
    Column("delivered", Boolean, nullable=False),
)

certificate = Table(
    "certificate",
    metadata,
    # a serial has up to 159 bits, more than an integer column holds: hexadecimal
    Column("serial", String(40), primary_key=True),
    Column("measurement_device", ForeignKey("measurement_device.uuid"), nullable=False, index=True),
    Column("issued_at", Moment, nullable=False),
    Column("not_after", Moment, nullable=False),
    # the certificate that ends when this one first speaks
    Column("replaces", String(40)),
    Column("first_used_at", Moment),
    Column("denied_at", Moment),
    Column("denied_because", String(16)),
)

lease = Table(
    "lease",
    metadata,
    Column("bastion", String(255), primary_key=True),
    Column("port", Integer, primary_key=True, autoincrement=False),
    Column("device", ForeignKey("measurement_device.uuid"), nullable=False, index=True),
    # by which the device's own SSH server is known
    Column("host_key", String(80), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("not_after", Moment, nullable=False, index=True),
    Column("denied_at", Moment),
)
Index("lease_newest", lease.c.bastion, lease.c.issued_at)

refusal = Table(
    "refusal",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("why", String(32), primary_key=True),
    Column("times", BigInteger, nullable=False),
    Column("last_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    # no foreign keys: what was done stays told when its object is gone
    Column("household", Uuid, index=True),
    Column("subject", Uuid),
    Column("result", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

meter = Table(
    "meter",
    metadata,
    Column("uuid", Uuid, primary_key=True),
    Column("household", ForeignKey("household.uuid"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("type", String(16), nullable=False),
    Column("model_number", String(32), nullable=False),
    Column("measurement_device", ForeignKey("measurement_device.uuid"), nullable=False, index=True),
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

incident = Table(
    "incident",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("uuid", Uuid, primary_key=True),
    Column("meter", ForeignKey("meter.uuid"), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("cause", Text),
    Column("detail", Text),
    Column("opened_at", Moment, nullable=False),
    Column("reported_at", Moment, nullable=False),
    Column("resolved_at", Moment),
)
INCIDENT_IS_OPEN = incident.c.resolved_at.is_(None)
Index(
    "incident_one_open",
    *(incident.c.household, incident.c.meter, incident.c.kind),
    unique=True,
    sqlite_where=INCIDENT_IS_OPEN,
    postgresql_where=INCIDENT_IS_OPEN,
)
Index("incident_meter", incident.c.household, incident.c.meter, incident.c.opened_at)
Index("incident_opened_at", incident.c.opened_at, incident.c.uuid)

correction = Table(
    "correction",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("uuid", Uuid, primary_key=True),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("word", Text),
    Column("reported_at", Moment, nullable=False),
    Column("decided_at", Moment),
    CheckConstraint("state IN ('open', 'applied', 'declined')", name="state"),
)
Index("correction_uuid", correction.c.uuid)
Index("correction_reported_at", correction.c.reported_at, correction.c.uuid)

amendment = Table(
    "amendment",
    metadata,
    Column("household", ForeignKey("household.uuid"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
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
    postgresql_partition_by="RANGE (time)",
)

late_arrival = Table(
    "late_arrival",
    metadata,
    Column("household", Uuid, primary_key=True),
    Column("meter", Uuid, primary_key=True),
    Column("time", Moment, primary_key=True),
    Column("received_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

slot_reason = Table(
    "slot_reason",
    metadata,
    Column("household", Uuid, primary_key=True),
    Column("meter", Uuid, primary_key=True),
    Column("begin", Moment, primary_key=True),
    Column("end", Moment, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("told_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

PERSONAL = (
    *(participant, address, location, measurement_device, diagnostics, pv_system, incident),
    *(correction, amendment),
)
"""What tells of people, and has to be gone from the files once it is anonymised."""
