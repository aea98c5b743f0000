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
    """Why a slot is missing, or not as others are."""

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
    """The device did not know the time of day; of a slot that was measured: it was dated afterwards."""
    CONSENT_OFF = "consent-off"
    """The device did not know of consent yet."""
    UNKNOWN = "unknown"
    """The device says that it does not know, or it may still say; or another of its meters was accounted for."""


class Code(IntEnum):
    """States and reasons in one small number, as a ledger holds them."""

    NOT_EXPECTED = 0
    MEASURED = 1
    LATE = 2
    MEASURED_UNDATED = 3
    """Measured before the time of day was known, and dated afterwards; so is the next one."""
    LATE_UNDATED = 4
    METER_SILENT = 5
    METER_UNREADABLE = 6
    PORT_GONE = 7
    DEVICE_OFF = 8
    CLOCK_NOT_SET = 9
    CONSENT_OFF = 10
    UNKNOWN = 11
    UNTOLD = 12
    """Missing, and nobody has been able to say why yet."""

    @classmethod
    def of(cls, reason: Reason) -> "Code":
        return cls[reason.name]

    @property
    def is_missing(self) -> bool:
        return self >= Code.METER_SILENT

    @property
    def state(self) -> State:
        return State.MISSING if self.is_missing else State[self.name.removesuffix("_UNDATED")]

    @property
    def reason(self) -> Reason | None:
        """None unless the slot is missing or was dated afterwards."""
        if self in (Code.MEASURED_UNDATED, Code.LATE_UNDATED):
            return Reason.CLOCK_NOT_SET
        if not self.is_missing:
            return None
        return Reason.UNKNOWN if self is Code.UNTOLD else Reason[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Why the slots from one moment to another have no measurement, as the device said."""

    begin: datetime
    end: datetime
    reason: Reason
