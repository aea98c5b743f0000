"""The status of devices: what an administrator sees of each, the worst first."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.device import ListedDevice
from cloud_api.wire.fields import (
    Completeness,
    ConsentState,
    MeterType,
    Moment,
    Share,
    StandingWord,
    StatusCursor,
    StatusOrder,
    Text,
)
from cloud_api.wire.incident import Incident
from cloud_api.wire.message import Message
from cloud_api.wire.slot import MeterLedger


class MeterStatus(Message, frozen=True, kw_only=True):
    """A meter, and when it was last measured."""

    uuid: UUID
    type: MeterType
    model_number: str
    last_measured_at: Moment | None


class DeviceInQuestion(ListedDevice, frozen=True, kw_only=True):
    """A device with everything by which an administrator judges it."""

    standing: StandingWord
    participant: Annotated[str | None, Meta(description="The name; null once the household is anonymised.")]
    consent: ConsentState
    completeness: Annotated[Completeness | None, Meta(description="Of all meters of its household.")]
    meters: list[MeterStatus]
    incidents: Annotated[list[Incident], Meta(description="Those that are open.")]
    buffered: Annotated[int | None, Meta(description="How many measurements wait on it, as it says itself.")]
    update_state: Annotated[str | None, Meta(description="What becomes of its update, as it says itself.")]
    update_tried: Annotated[str | None, Meta(description="Which version that is about.")]
    update_reason: Annotated[str | None, Meta(description="Why it did not keep that version.")]


class DevicesInQuestion(Message, frozen=True, kw_only=True):
    """A page of devices, the worst first; `next` is the cursor of the page after it."""

    at: Moment
    totals: Annotated[dict[StandingWord, int], Meta(description="How many devices stand how, whatever was asked for.")]
    devices: list[DeviceInQuestion]
    next: str | None


class StatusQuery(Message, frozen=True, kw_only=True):
    """Which devices are wanted, after the page that gave the cursor."""

    standing: StandingWord | None = None
    consent: ConsentState | None = None
    text: Annotated[Text | None, Meta(description="Part of a participant's name, or the beginning of a uuid.")] = None
    below: Share | None = None
    sort: Annotated[StatusOrder, Meta(description="The worst first.")] = "urgency"
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: StatusCursor | None = None


class VersionsSince(Message, frozen=True, kw_only=True):
    """The versions on a device from a moment on."""

    since: Moment
    versions: dict[str, str]


class DiagnosticsStatus(Message, frozen=True, kw_only=True):
    """Whether diagnostics of a device were asked for, and when it sent the last."""

    wanted_at: Moment | None
    received_at: Moment | None


class DeviceHistory(Message, frozen=True, kw_only=True):
    """A device, and what happened to it in the last two weeks."""

    at: Moment
    since: Moment
    device: DeviceInQuestion
    completeness: Annotated[float | None, Meta(description="Of its meters, in the time of the history.")]
    ledgers: list[MeterLedger]
    incidents: Annotated[list[Incident], Meta(description="The newest hundred, open and resolved.")]
    versions: Annotated[list[VersionsSince], Meta(description="Newest first.")]
    diagnostics: DiagnosticsStatus
