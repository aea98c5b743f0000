"""Messages about releases: which versions devices may have, how many have them, and what becomes of that."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.fields import Moment
from cloud_api.wire.message import Message

ShareOfDevices = Annotated[float, Meta(ge=0, le=1, description="Share of the devices.")]


class ReleaseStage(Message, frozen=True, kw_only=True):
    """From a moment on, so large a share of the devices may begin with a release."""

    share: ShareOfDevices
    begin: Moment


class FailedUpdate(Message, frozen=True, kw_only=True):
    """A device that gave a version up."""

    device: UUID
    state: Annotated[str, Meta(description="`rolled-back` or `refused`, as it says itself.")]
    reason: str | None
    since: Moment | None


class ReleaseStatus(Message, frozen=True, kw_only=True):
    """A release, and how it fares."""

    version: str
    channel: str
    share: ShareOfDevices
    stages: list[ReleaseStage]
    held: Annotated[
        str | None, Meta(description="Why nobody begins with it for the time being; null where it goes on.")
    ]
    stopped_at: Annotated[Moment | None, Meta(description="When the watch stopped it; null where a person holds it.")]
    pinned: Annotated[int, Meta(description="How many devices are to have this version and no other.")]
    running: Annotated[int, Meta(description="How many devices have it, of households whose consent stands.")]
    trying: Annotated[int, Meta(description="How many fetch it or have it on trial.")]
    failed: Annotated[
        list[FailedUpdate], Meta(description="Up to a hundred of those that gave it up, the newest first.")
    ]
    failures: Annotated[int, Meta(description="How many gave it up.")]


class VersionCount(Message, frozen=True, kw_only=True):
    """How many devices run a version, whether it is a release that is offered or not."""

    version: Annotated[str | None, Meta(description="null for devices that have not said.")]
    devices: int


class Releases(Message, frozen=True, kw_only=True):
    """Every release, the newest of each channel first, and what devices run."""

    at: Moment
    devices: Annotated[int, Meta(description="Of households whose consent stands.")]
    releases: list[ReleaseStatus]
    versions: Annotated[list[VersionCount], Meta(description="What runs on most devices first.")]
    signed_until: Annotated[
        Moment | None, Meta(description="Until when signatures of holders are good; null where nothing was released.")
    ]
