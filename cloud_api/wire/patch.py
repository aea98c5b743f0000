"""What a household is corrected by: a JSON Merge Patch (RFC 7396) in which everything may be left out.

A list that is given replaces the whole list: an entry with the uuid of one that is there corrects it, one without a
uuid is new, and whatever is missing goes.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from cloud_api.wire.fields import (
    Azimuth,
    Count,
    Country,
    Email,
    Index,
    Latitude,
    Longitude,
    MeterType,
    ModelNumber,
    PostalCode,
    Power,
    Text,
    Tilt,
)
from cloud_api.wire.message import Message

MANY = Meta(max_length=100)


class ParticipantPatch(Message, frozen=True, kw_only=True):
    """What is corrected of the contact person, in all their households."""

    name: Text | UnsetType = UNSET
    email: Email | UnsetType = UNSET


class AddressPatch(Message, frozen=True, kw_only=True):
    """What is corrected of the postal address."""

    street: Text | UnsetType = UNSET
    house_number: Text | UnsetType = UNSET
    postal_code: PostalCode | UnsetType = UNSET
    city: Text | UnsetType = UNSET
    country: Country | UnsetType = UNSET


class LocationPatch(Message, frozen=True, kw_only=True):
    """What is corrected of the point; where there is none yet, both are needed."""

    latitude: Latitude | UnsetType = UNSET
    longitude: Longitude | UnsetType = UNSET


class MetadataPatch(Message, frozen=True, kw_only=True):
    """What is corrected of the answers beyond the meters."""

    children: Count | UnsetType = UNSET
    adults: Count | UnsetType = UNSET
    employed_adults: Count | UnsetType = UNSET
    ev_charger: bool | UnsetType = UNSET
    heat_pump: bool | UnsetType = UNSET
    home_battery: bool | UnsetType = UNSET


class MeasurementDeviceEntry(Message, frozen=True, kw_only=True):
    """A device in a list that replaces the list."""

    uuid: UUID | UnsetType = UNSET
    name: Text


class MeterEntry(Message, frozen=True, kw_only=True):
    """A meter in a list that replaces the list; its device is named by uuid or by its place in the list of devices."""

    uuid: UUID | UnsetType = UNSET
    type: MeterType
    model_number: ModelNumber
    measurement_device: UUID | Index
    model_known: Annotated[bool | UnsetType, Meta(description="Taken as it comes back, and not looked at.")] = UNSET


class PVSystemEntry(Message, frozen=True, kw_only=True):
    """A system in a list that replaces the list; its meter is named by uuid or by its place in the list of meters."""

    uuid: UUID | UnsetType = UNSET
    nominal_power: Power
    azimuth: Azimuth
    tilt: Tilt
    installation_date: date
    meter: UUID | Index


class HouseholdPatch(Message, frozen=True, kw_only=True):
    """What is corrected of a household; a location of null takes the point away."""

    participant: ParticipantPatch | UnsetType = UNSET
    address: AddressPatch | UnsetType = UNSET
    location: LocationPatch | UnsetType | None = UNSET
    metadata: MetadataPatch | UnsetType = UNSET
    measurement_devices: Annotated[list[MeasurementDeviceEntry], Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    meters: Annotated[list[MeterEntry], MANY] | UnsetType = UNSET
    pv_systems: Annotated[list[PVSystemEntry], MANY] | UnsetType = UNSET
