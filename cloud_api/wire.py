"""Every message of the Data API, as it goes over the wire."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cloud_api.fields import (
    Azimuth,
    Code,
    ConsentState,
    Count,
    Country,
    Email,
    Index,
    Latitude,
    Longitude,
    MeterType,
    ModelNumber,
    Moment,
    PostalCode,
    Power,
    Precision,
    Sha256,
    Step,
    Text,
    TextVersion,
    Tilt,
    Value,
)


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all messages have in common: they are values, and have no fields but their own."""


class ParticipantDraft(Message, frozen=True, kw_only=True):
    """The contact person, as registered."""

    name: Text
    email: Email


class Address(Message, frozen=True, kw_only=True):
    """A postal address."""

    street: Text
    house_number: Text
    postal_code: PostalCode
    city: Text
    country: Country


class Location(Message, frozen=True, kw_only=True):
    """A point, WGS 84, in degrees."""

    latitude: Latitude
    longitude: Longitude


class Metadata(Message, frozen=True, kw_only=True):
    """What is asked about a household beyond its meters."""

    children: Count
    adults: Count
    employed_adults: Count
    ev_charger: bool
    heat_pump: bool
    home_battery: bool


class MeasurementDeviceDraft(Message, frozen=True, kw_only=True):
    """A device, as registered."""

    name: Text


class MeterDraft(Message, frozen=True, kw_only=True):
    """A meter, as registered; `measurement_device` is a place in the document's list of devices."""

    type: MeterType
    model_number: ModelNumber
    measurement_device: Index


class PVSystemDraft(Message, frozen=True, kw_only=True):
    """A photovoltaic system, as registered; `meter` is a place in the document's list of meters."""

    nominal_power: Power
    azimuth: Azimuth
    tilt: Tilt
    installation_date: date
    meter: Index


class HouseholdDraft(Message, frozen=True, kw_only=True):
    """A household, as registered."""

    participant: ParticipantDraft
    address: Address
    location: Location | None = None
    metadata: Metadata
    measurement_devices: Annotated[list[MeasurementDeviceDraft], Meta(min_length=1, max_length=100)]
    meters: Annotated[list[MeterDraft], Meta(max_length=100)] = []
    pv_systems: Annotated[list[PVSystemDraft], Meta(max_length=100)] = []


class Account(Message, frozen=True, kw_only=True):
    """The contact person."""

    uuid: UUID
    name: str
    email: str


class MeasurementDevice(Message, frozen=True, kw_only=True):
    """A device of the household."""

    uuid: UUID
    name: str


class Meter(Message, frozen=True, kw_only=True):
    """A meter of the household, and the device that measures it."""

    uuid: UUID
    type: MeterType
    model_number: str
    measurement_device: UUID
    model_known: Annotated[bool, Meta(description="Whether a plugin of ours reads this model.")]


class Meters(Message, frozen=True, kw_only=True):
    """All meters of the household."""

    meters: list[Meter]


class PVSystem(Message, frozen=True, kw_only=True):
    """A photovoltaic system of the household, and the meter that it feeds. `nominal_power` is in kW."""

    uuid: UUID
    nominal_power: float
    azimuth: float
    tilt: float
    installation_date: date
    meter: UUID


class PVSystems(Message, frozen=True, kw_only=True):
    """All photovoltaic systems of the household."""

    pv_systems: list[PVSystem]


class ConsentGrant(Message, frozen=True, kw_only=True):
    """Which version of the text the participant agreed to; without it, the current one."""

    text_version: TextVersion | None = None
    text_sha256: Annotated[
        Sha256 | None, Meta(description="Of the text that was shown, in UTF-8. Without it, the current text is meant.")
    ] = None


class Consent(Message, frozen=True, kw_only=True):
    """The participant's consent."""

    state: ConsentState
    granted_at: Moment | None
    revoked_at: Moment | None
    text_version: str | None


class ReceiptStatement(Message, frozen=True, kw_only=True):
    """What a receipt states: whose consent stands how, since when, and to which text it was given."""

    household: UUID
    state: ConsentState
    granted_at: Moment | None
    revoked_at: Moment | None
    text_version: str | None
    text_sha256: str | None


class Receipt(Message, frozen=True, kw_only=True):
    """A statement and its signature (Ed25519, base64), which is over its JSON with sorted keys and without blanks."""

    statement: ReceiptStatement
    key: str
    signature: str


class SignedConsent(Consent, frozen=True, kw_only=True, omit_defaults=True):
    """The participant's consent, and once it was granted a receipt of it."""

    receipt: Receipt | UnsetType = UNSET


class Placement(Message, frozen=True, kw_only=True):
    """How exactly a location is known, and the NUTS 3 region that it lies in; none where that is not known."""

    precision: Precision
    region: str | None


class GeodataSource(Message, frozen=True, kw_only=True):
    """Geodata that are held here, with the lines that their licences ask to be shown."""

    kind: Literal["districts", "postal-codes"]
    imported_at: Moment
    entries: int
    attributions: list[str]


class Geodata(Message, frozen=True, kw_only=True):
    """All geodata that are held here."""

    geodata: list[GeodataSource]


class HouseholdSummary(Message, frozen=True, kw_only=True):
    """The household, as its own device sees it."""

    uuid: UUID
    address: Address | None
    location: Location | None
    metadata: Metadata


class Household(Message, frozen=True, kw_only=True):
    """The household, as researchers see it. Participant, address and location are gone once consent is revoked."""

    uuid: UUID
    participant: Account | None
    address: Address | None
    location: Location | None
    placement: Placement | None
    metadata: Metadata
    measurement_devices: list[MeasurementDevice]
    meters: list[Meter]
    pv_systems: list[PVSystem]
    consent: Consent


class Households(Message, frozen=True, kw_only=True):
    """A page of households; `next` is the cursor of the page after it."""

    households: list[Household]
    next: UUID | None


class MeasurementDraft(Message, frozen=True, kw_only=True):
    """One measurement of one meter: each register's value under its OBIS code, in kWh or kW."""

    meter: UUID
    time: Annotated[Moment, Meta(description="UTC.")]
    data: Annotated[
        list[Annotated[dict[Code, Value], Meta(min_length=1, max_length=1)]], Meta(min_length=1, max_length=64)
    ]


class MeasurementBatch(Message, frozen=True, kw_only=True):
    """Measurements that are stored together or not at all."""

    measurements: Annotated[list[MeasurementDraft], Meta(min_length=1, max_length=1000)]


class Stored(Message, frozen=True, kw_only=True):
    """How many measurements of a batch were new, and how many were here already."""

    stored: int
    duplicates: int


class Measurement(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A measurement that is stored here, or what a step that begins at `time` comes to.

    A step shows how much its energy counters went up and the mean of its powers; a gap has neither.
    """

    meter: UUID
    time: Moment
    data: list[dict[Code, Value]]
    slots: Annotated[
        int | UnsetType, Meta(description="With a step: how many of its quarters of an hour were measured.")
    ] = UNSET


class Measurements(Message, frozen=True, kw_only=True):
    """A page of one meter's measurements, oldest first; `next` is the cursor of the page after it."""

    measurements: list[Measurement]
    next: Moment | None


class MeasurementQuery(Message, frozen=True, kw_only=True):
    """Which measurements are wanted: from one moment on, before another, after the page that gave the cursor."""

    from_: Annotated[Moment | None, Meta(description="UTC; this moment included.")] = msgspec.field(
        default=None, name="from"
    )
    to: Annotated[Moment | None, Meta(description="UTC; this moment excluded.")] = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    cursor: Annotated[Moment | None, Meta(description="`next` of the page before.")] = None
    step: Annotated[Step | None, Meta(description="Sums and means of steps of UTC, in place of measurements.")] = None


class UuidQuery(Message, frozen=True, kw_only=True):
    """Which are wanted of what is listed by uuid: those after the page that gave the cursor."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    cursor: Annotated[UUID | None, Meta(description="`next` of the page before.")] = None


class Health(Message, frozen=True, kw_only=True):
    """That the service answers."""

    status: Literal["ok"]


class FieldFault(Message, frozen=True, kw_only=True):
    """What is wrong with one field: a JSON pointer to it, and what was expected."""

    pointer: str
    detail: str


class ProblemDocument(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] | None = None
