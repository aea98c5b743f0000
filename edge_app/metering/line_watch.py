"""The watch on a line: says when no telegram of the meter arrives that could be believed, and why."""

from collections import deque

from edge_app.clock import Clock
from edge_app.metering.diagnosis import diagnose, trouble
from edge_app.metering.heard import Heard
from edge_app.metering.incident_book import IncidentBook
from edge_app.metering.station import Station
from edge_app.model.incident import Cause, Kind

EVERY = 5.0
"""Seconds between two looks."""
GRACE = 10.0
"""Seconds for which a port has to be in the same trouble: one that is pulled out breaks off first, and then is gone."""
WINDOW = 60.0
"""Seconds over which telegrams are looked at."""


class LineWatch:
    """Opens and closes the incident `SERIAL-PORT-UNAVAILABLE` of one meter."""

    def __init__(self, station: Station, book: IncidentBook, *, clock: Clock) -> None:
        self._station = station
        self._book = book
        self._clock = clock
        self._heard: deque[tuple[float, Heard]] = deque()
        """What was heard by each look of the last minute."""
        self._trouble: tuple[str, float] | None = None
        """The kind of trouble that the port is in, and since when."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            error = self._station.probe.trouble
            await (self._look_at_port(error.kind) if error else self._look_at_telegrams())
            await self._clock.sleep(EVERY)

    async def _look_at_port(self, kind: str) -> None:
        self._heard.clear()
        now = self._clock.monotonic()
        if self._trouble is None or self._trouble[0] != kind:
            self._trouble = kind, now
        if now - self._trouble[1] >= GRACE:
            await self._book.open(trouble(kind))

    async def _look_at_telegrams(self) -> None:
        self._trouble = None
        now = self._clock.monotonic()
        self._heard.append((now, self._station.heard.copy()))
        while len(self._heard) > 1 and self._heard[1][0] <= now - WINDOW:
            self._heard.popleft()
        since, before = self._heard[0]
        lately = self._station.heard.since(before)
        if lately.dazzled:
            return
        cause = await self._book.cause(Kind.SERIAL_PORT_UNAVAILABLE)
        finding = diagnose(lately, garbled=cause is Cause.GARBLED)
        if finding is None and lately.whole:
            await self._book.close(Kind.SERIAL_PORT_UNAVAILABLE)
        elif finding and now - since >= WINDOW:
            await self._book.open(finding)
