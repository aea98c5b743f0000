"""A telegram: the bytes of one complete message of a meter, and the moment it arrived."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some bytes as the line gave them."""

    data: bytes
    at: datetime
    """When they arrived, UTC."""
    monotonic: float = 0.0
    """The same moment on the monotonic clock, seconds."""

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise ValueError("bytes are timed in UTC; local time belongs to the pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """One complete message whose checksums, or in mode D whose form, have been found right."""

    protocol: str
    """`sml` or `d0`."""
    data: bytes
    at: datetime
    """When its last byte arrived, UTC."""
    began: float = 0.0
    """When its first byte arrived, on the monotonic clock, seconds."""
    ended: float = 0.0
    """When its last byte arrived, on the monotonic clock, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A telegram that began and cannot be believed."""

    protocol: str
    kind: str
    """One word, as listed at `edge_app.errors.TelegramError`."""
    began: float = field(default=0.0, compare=False)
    """When its first byte arrived, on the monotonic clock, seconds."""
