"""Time, as the one thing that every station asks for and no station makes."""

import asyncio
import ctypes
import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

logger = logging.getLogger(__name__)

TIMESYNCD_DONE = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
TIME_ERROR = 5  # adjtimex(2): the kernel's clock is not synchronised


class Clock(Protocol):
    """What is asked of time; tests move one by hand."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary moment on."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; at least one turn of the event loop."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))


class Synchrony:
    """Whether the time of day can be believed.

    A Raspberry Pi wakes without a clock. The time is believed once the kernel says that it is disciplined (NTP), or
    once the cloud has answered with a time that agrees with ours. When it jumps against the monotonic clock, one of
    them has to say so anew. A kernel that names a time which is known to be over is not believed.
    """

    TOLERANCE = 5.0
    """Seconds between our clock and the cloud's `Date`, which has whole seconds, up to which they agree."""
    DOUBT = 9.0
    """Seconds from which on what was measured is marked: a hundredth of a slot."""

    def __init__(
        self, *, clock: Clock | None = None, kernel: Callable[[], object] | None = None, trusted: bool = False
    ) -> None:
        """`kernel` gives a word that is another with each confirmation, and none while there is none."""
        self._clock = clock or SystemClock()
        self._kernel = kernel or kernel_s_word
        self._trusted = self._known = trusted
        self._floor: datetime | None = None
        self._word: object = None
        self._outdated: object = None
        """What the kernel said before the clock jumped, which counts no more."""
        self._ahead = self._now_ahead()
        self.apart = 0.0
        """Seconds by which our clock was ahead of the cloud's, the last time that it answered."""

    def __bool__(self) -> bool:
        if self._trusted:
            return True
        word, ahead = self._kernel(), self._now_ahead()
        if self._known and abs(ahead - self._ahead) > self.TOLERANCE:
            logger.warning(
                "the clock was set by %+.0f s; its time is not believed before it is confirmed", ahead - self._ahead
            )
            self._known, self._outdated = False, self._word
        if not self._known and word and word != self._outdated and self._is_possible():
            self._known = True
        self._word, self._ahead = word, ahead
        return self._known

    @property
    def doubtful(self) -> bool:
        """Whether the cloud's clock contradicts the time that is believed."""
        return abs(self.apart) > self.DOUBT

    def not_before(self, moment: datetime) -> None:
        """It is known to be later than this."""
        self._floor = max(moment, self._floor or moment)

    def compare(self, ours: datetime, theirs: datetime) -> None:
        """Take note of what the cloud's clock said at the moment `ours`."""
        before, self.apart = self.apart, (ours - theirs).total_seconds()
        if abs(self.apart) <= self.TOLERANCE:
            self._known, self._ahead = True, self._now_ahead()
        elif self._known and not self._trusted and abs(before) <= self.TOLERANCE:
            logger.warning("the clock is %+.0f s off the cloud's", self.apart)

    def _now_ahead(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _is_possible(self) -> bool:
        return self._floor is None or self._clock.now() >= self._floor


def boot_id() -> str:
    """Which start of the machine this is, for as long as its monotonic clock goes on.

    systemd tells it where /proc hides it; where nobody tells, no other process is taken to be of the same start.
    """
    told = os.environ.get("BOOT_ID", "")
    try:
        return told or BOOT_ID.read_text().strip()
    except OSError:
        return uuid4().hex


def built() -> datetime:
    """When this application was put in place: it is later now."""
    return datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)


def kernel_says_synchronised() -> bool:
    """Whether anybody has set the clock by a time server."""
    return bool(kernel_s_word())


def kernel_s_word() -> object:
    """Ask systemd-timesyncd's mark, which it touches each time, and adjtimex(2), which chrony and ntpd keep as well."""
    try:
        return TIMESYNCD_DONE.stat().st_mtime_ns
    except OSError:
        return _disciplined()


def _disciplined() -> bool:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "adjtimex") or os.uname().sysname != "Linux":
        return False
    timex = ctypes.create_string_buffer(512)  # larger than struct timex; zero modes only asks
    state: int = libc.adjtimex(timex)
    return 0 <= state < TIME_ERROR
