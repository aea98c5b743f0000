"""Messages about how things go: incidents, corrections, and what devices are known by."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.fields import (
    CorrectionState,
    Cursor,
    Detail,
    FieldPointer,
    IncidentKind,
    Moment,
    PageSize,
    Text,
)
from cloud_api.wire import MeasurementDevice, Message


class IncidentReport(Message, frozen=True, kw_only=True):
    """That something stops the measurements of a meter; said again, it stays one incident."""

    kind: IncidentKind
    cause: Text | None = None
    detail: Detail | None = None


class IncidentResolution(Message, frozen=True, kw_only=True):
    """That an incident of this kind is over."""

    kind: IncidentKind


class Incident(Message, frozen=True, kw_only=True):
    """Something that stops the measurements of a meter, from its first report on until it is resolved."""

    uuid: UUID
    household: UUID
    meter: UUID
    kind: str
    cause: str | None
    detail: str | None
    opened_at: Moment
    reported_at: Annotated[Moment, Meta(description="Its latest report.")]
    resolved_at: Moment | None


class Incidents(Message, frozen=True, kw_only=True):
    """A page of incidents, newest first; `next` is the cursor of the page after it."""

    incidents: list[Incident]
    next: str | None


class IncidentQuery(Message, frozen=True, kw_only=True):
    """Which incidents are wanted: all, or those that are open or not, after the page that gave the cursor."""

    open: bool | None = None
    limit: PageSize = 100
    cursor: Cursor | None = None


class CorrectionDraft(Message, frozen=True, kw_only=True):
    """That a field of the registration is wrong, and what is right, in the participant's words."""

    field: FieldPointer
    value: Text


class Correction(Message, frozen=True, kw_only=True):
    """What a participant reported to be wrong, and what became of it; `word` is the researcher's."""

    uuid: UUID
    household: UUID
    field: str
    value: str
    state: CorrectionState
    word: str | None
    reported_at: Moment
    decided_at: Moment | None


class Corrections(Message, frozen=True, kw_only=True):
    """A page of corrections, newest first; `next` is the cursor of the page after it."""

    corrections: list[Correction]
    next: str | None


class CorrectionQuery(Message, frozen=True, kw_only=True):
    """Which corrections are wanted: all, or those of one state, after the page that gave the cursor."""

    state: CorrectionState | None = None
    limit: PageSize = 100
    cursor: Cursor | None = None


class CorrectionApplied(Message, frozen=True, kw_only=True):
    """That a correction is right: its value is put into the household, or `value` where its words are no value."""

    word: Text
    value: Text | None = None


class CorrectionDeclined(Message, frozen=True, kw_only=True):
    """That a correction is not made, and why."""

    word: Text


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
