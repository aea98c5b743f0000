"""A missing measurement: slots of a meter that have none, and why, as far as the device can tell."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from edge_app.model.incident import Cause


class Reason(StrEnum):
    """Why a slot has no measurement."""

    METER_SILENT = "meter-silent"
    METER_UNREADABLE = "meter-unreadable"
    """Telegrams came that could not be believed: damaged, or of another meter."""
    PORT_GONE = "port-gone"
    DEVICE_OFF = "device-off"
    """The device, or its service, did not run when the slot began."""
    CLOCK_NOT_SET = "clock-not-set"
    CONSENT_OFF = "consent-off"
    """The device did not know of consent yet."""
    UNKNOWN = "unknown"
    """Nothing is known here of the slot."""


OF_CAUSE = {
    Cause.ABSENT: Reason.PORT_GONE,
    Cause.BUSY: Reason.PORT_GONE,
    Cause.DENIED: Reason.PORT_GONE,
    Cause.LOST: Reason.PORT_GONE,
    Cause.UNFIT: Reason.PORT_GONE,
    Cause.SILENT: Reason.METER_SILENT,
    Cause.GARBLED: Reason.METER_UNREADABLE,
    Cause.SETTINGS: Reason.METER_UNREADABLE,
    Cause.MODEL: Reason.METER_UNREADABLE,
    Cause.FOREIGN: Reason.METER_UNREADABLE,
    Cause.CLOCK: Reason.CLOCK_NOT_SET,
}
"""What the incidents mean that keep measurements away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Slots of a meter one after another, missing for the same reason."""

    meter: UUID
    begin: datetime
    end: datetime
    """The beginning of the first slot after them."""
    reason: Reason
