"""An incident: something that stops measurements, or keeps power and decimals out of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What is missing; a meter has at most one open incident of each."""

    SERIAL_PORT_UNAVAILABLE = "SERIAL-PORT-UNAVAILABLE"
    """No telegram of this meter arrives that could be believed."""
    OBIS_CODES_UNAVAILABLE = "OBIS-CODES-UNAVAILABLE"
    """Telegrams arrive, and the meter keeps its power to itself."""


class Cause(StrEnum):
    """Why, in one word, as far as the device can tell; those of `ProbeError` have its words."""

    ABSENT = "absent"
    BUSY = "busy"
    DENIED = "denied"
    LOST = "lost"
    UNFIT = "unfit"
    SILENT = "silent"
    GARBLED = "garbled"
    """Most telegrams arrive damaged: the head sits badly."""
    SETTINGS = "settings"
    """Bytes arrive in which no telegram can be found: rate, parity or data bits of the line are wrong."""
    MODEL = "model"
    """The telegrams are those of another model than the one that is set."""
    FOREIGN = "foreign"
    """The telegrams are those of another meter than before, as its server id says."""

    CLOCK = "clock"
    """Telegrams came before the time of day was known, and it is lost when that was."""

    LOCKED = "locked"
    """A PIN is needed, and none is known here."""
    REFUSED = "refused"
    """The PIN was entered, and the meter stayed locked."""
    INTERRUPTED = "interrupted"
    """The entry of the PIN did not come to its end."""
    MENU = "menu"
    """The PIN was entered; on this model a person has to switch something on in the menu besides."""
    BRIEF = "brief"
    """The PIN works for two minutes only, and nobody has allowed pulses that would keep it."""
    DARK = "dark"
    """The light of the reading head cannot be switched."""

    @property
    def kind(self) -> Kind:
        return Kind.OBIS_CODES_UNAVAILABLE if self in _OF_CODES else Kind.SERIAL_PORT_UNAVAILABLE


_OF_CODES = frozenset({Cause.LOCKED, Cause.REFUSED, Cause.INTERRUPTED, Cause.MENU, Cause.BRIEF, Cause.DARK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong at a moment."""

    cause: Cause
    detail: str = field(compare=False)
    """The same in plain words, with nothing in it that tells people or meters apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What was wrong with one meter, from when to when."""

    meter: UUID
    cause: Cause
    detail: str
    began: datetime
    """UTC."""
    ended: datetime | None = None
    """UTC; None while it lasts."""

    def __post_init__(self) -> None:
        if any(moment and moment.utcoffset() != timedelta(0) for moment in (self.began, self.ended)):
            raise ValueError("an incident is timed in UTC; local time belongs to the pages")

    @property
    def kind(self) -> Kind:
        return self.cause.kind
