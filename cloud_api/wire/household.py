"""A household and what belongs to it, as they are shown."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.consent import Consent
from cloud_api.wire.fields import Count, Country, Latitude, Longitude, MeterType, PostalCode, Precision, Text
from cloud_api.wire.message import Message


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


class Placement(Message, frozen=True, kw_only=True):
    """How exactly a location is known, and the NUTS 3 region that it lies in; none where that is not known."""

    precision: Precision
    region: str | None


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


class UuidQuery(Message, frozen=True, kw_only=True):
    """Which are wanted of what is listed by uuid: those after the page that gave the cursor."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    cursor: Annotated[UUID | None, Meta(description="`next` of the page before.")] = None
