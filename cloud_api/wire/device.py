"""Devices, and what they are known by."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.fields import Moment
from cloud_api.wire.household import MeasurementDevice
from cloud_api.wire.message import Message


class DeviceStatus(MeasurementDevice, frozen=True, kw_only=True):
    """A device, when it was last heard of, and the version of each component on it, as it says itself."""

    last_active_at: Moment | None
    versions: dict[str, str]


class DeviceStatuses(Message, frozen=True, kw_only=True):
    """All devices of the household."""

    measurement_devices: list[DeviceStatus]


class ListedDevice(DeviceStatus, frozen=True, kw_only=True):
    """A device as administrators see it: of which household, and how many of its meters' incidents are open."""

    household: UUID
    open_incidents: int
    certificate_until: Annotated[Moment | None, Meta(description="Until when it may come; null without a certificate.")]
    certificate_denied: Annotated[bool, Meta(description="Whether all certificates that it had were denied.")]
    refused_attempts: Annotated[int, Meta(description="How often it was refused for its certificate or its rights.")]


class ListedDevices(Message, frozen=True, kw_only=True):
    """A page of devices; `next` is the cursor of the page after it."""

    measurement_devices: list[ListedDevice]
    next: UUID | None
