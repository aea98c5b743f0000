"""The states of a slot, and the reasons for which one has no measurement."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SLOT = timedelta(minutes=15)
DUE = timedelta(minutes=75)
"""After its beginning a slot's measurement has a report cycle, an hour, and a slot more for trying again."""

ASKED = timedelta(days=14)
"""How long a device keeps what it has sent, and can be asked about a slot."""


class State(StrEnum):
    """What became of a slot; it has exactly one of these."""

    MEASURED = "measured"
    LATE = "late"
    """Measured too, and here only after its report cycle."""
    MISSING = "missing"
    NOT_EXPECTED = "not-expected"
    """Before consent or after it, or not due yet."""


class Reason(StrEnum):
    """Why a slot is missing."""

    METER_SILENT = "meter-silent"
    """The port was there, and no telegram of the meter came."""
    METER_UNREADABLE = "meter-unreadable"
    """Telegrams came that could not be believed: damaged, or of another meter."""
    PORT_GONE = "port-gone"
    """The reading head was not there, or could not be used."""
    DEVICE_OFF = "device-off"
    """The measurement device was without power, or its service did not run.

    So it says when it is back; and so it is taken to be where it has not spoken of a slot for as long as it can be
    asked, and nothing of any of its meters has come from then.
    """
    CLOCK_NOT_SET = "clock-not-set"
    """The device did not know the time of day."""
    CONSENT_OFF = "consent-off"
    """The device did not know of consent yet."""
    UNKNOWN = "unknown"
    """The device says that it does not know, or it may still say; or another of its meters was accounted for."""


class Code(IntEnum):
    """States and reasons in one small number, as a ledger holds them."""

    NOT_EXPECTED = 0
    MEASURED = 1
    LATE = 2
    METER_SILENT = 3
    METER_UNREADABLE = 4
    PORT_GONE = 5
    DEVICE_OFF = 6
    CLOCK_NOT_SET = 7
    CONSENT_OFF = 8
    UNKNOWN = 9
    UNTOLD = 10
    """Missing, and nobody has been able to say why yet."""

    @classmethod
    def of(cls, reason: Reason) -> "Code":
        return cls[reason.name]

    @property
    def state(self) -> State:
        return State.MISSING if self.reason else State[self.name]

    @property
    def reason(self) -> Reason | None:
        """None unless the slot is missing."""
        if self < Code.METER_SILENT:
            return None
        return Reason.UNKNOWN if self is Code.UNTOLD else Reason[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Why the slots from one moment to another have no measurement, as the device said."""

    begin: datetime
    end: datetime
    reason: Reason
