"""A household as it is registered."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from cloud_api.wire.fields import Azimuth, Email, Index, MeterType, ModelNumber, Power, Text, Tilt
from cloud_api.wire.household import Address, Location, Metadata
from cloud_api.wire.message import Message


class ParticipantDraft(Message, frozen=True, kw_only=True):
    """The contact person, as registered."""

    name: Text
    email: Email


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
    meters: Annotated[list[MeterDraft], Meta(max_length=100)] = msgspec.field(default_factory=list)
    pv_systems: Annotated[list[PVSystemDraft], Meta(max_length=100)] = msgspec.field(default_factory=list)
