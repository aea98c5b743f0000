"""Time, as the one thing that every station asks for and no station makes."""

import asyncio
import ctypes
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

TIMESYNCD_DONE = Path("/run/systemd/timesync/synchronized")
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

    A Raspberry Pi wakes without a clock. The time is believed once the kernel says that it is disciplined (NTP),
    or once the cloud has answered with a time that agrees with ours, and then for the life of this process.
    """

    TOLERANCE = 5.0
    """Seconds between our clock and the cloud's `Date`, which has whole seconds, up to which they agree."""

    def __init__(self, *, kernel: Callable[[], bool] | None = None, trusted: bool = False) -> None:
        self._kernel = kernel or kernel_says_synchronised
        self._known = trusted

    def __bool__(self) -> bool:
        if not self._known:
            self._known = self._kernel()
        return self._known

    def compare(self, ours: datetime, theirs: datetime) -> None:
        """Take note of what the cloud's clock said at the moment `ours`."""
        if abs((ours - theirs).total_seconds()) <= self.TOLERANCE:
            self._known = True


def kernel_says_synchronised() -> bool:
    """Ask systemd-timesyncd's mark and adjtimex(2), which chrony and ntpd keep as well."""
    if TIMESYNCD_DONE.exists():
        return True
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "adjtimex") or os.uname().sysname != "Linux":
        return False
    timex = ctypes.create_string_buffer(512)  # larger than struct timex; zero modes only asks
    state: int = libc.adjtimex(timex)
    return 0 <= state < TIME_ERROR
