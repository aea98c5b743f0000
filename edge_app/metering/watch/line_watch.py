"""The watch on a line: says when no telegram of the meter arrives that could be believed, and why."""

from edge_app.clock import Clock
from edge_app.metering.station import Station
from edge_app.metering.watch.diagnosis import TROUBLES, diagnose, trouble
from edge_app.metering.watch.heard import Heard
from edge_app.metering.watch.incident_book import IncidentBook
from edge_app.model.incident import Cause, Kind

EVERY = 5.0
"""Seconds between two looks."""
GRACE = 10.0
"""Seconds for which a port has to be in the same trouble: one that is pulled out breaks off first, and then is gone."""
WINDOW = 30.0
"""Seconds of telegrams that are judged together; the same has to be found twice in a row, as one may be mixed."""


class LineWatch:
    """Opens and closes the incident `SERIAL-PORT-UNAVAILABLE` of one meter."""

    def __init__(self, station: Station, book: IncidentBook, *, clock: Clock) -> None:
        self._station = station
        self._book = book
        self._clock = clock
        self._window: tuple[float, Heard] | None = None
        """When the telegrams began that are judged next, and what was heard before."""
        self._suspected: Cause | None = None
        """What the last judgement was."""
        self._trouble: tuple[str, float] | None = None
        """The kind of trouble that the port is in, and since when."""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            error = self._station.probe.trouble
            await (self._look_at_port(error.kind) if error else self._look_at_telegrams())
            await self._clock.sleep(EVERY)

    async def _look_at_port(self, kind: str) -> None:
        self._window = self._suspected = None
        now = self._clock.monotonic()
        if self._trouble is None or self._trouble[0] != kind:
            self._trouble = kind, now
        if now - self._trouble[1] >= GRACE:
            await self._book.open(trouble(kind))

    async def _look_at_telegrams(self) -> None:
        self._trouble = None
        now, heard = self._clock.monotonic(), self._station.heard
        since, before = self._window = self._window or (now, heard.copy())
        lately = heard.since(before)
        cause = await self._book.cause(Kind.SERIAL_PORT_UNAVAILABLE)
        if cause in TROUBLES and lately.whole:
            await self._book.close(Kind.SERIAL_PORT_UNAVAILABLE)
        if now - since >= WINDOW:
            self._window = now, heard.copy()
            await self._judge(lately, garbled=cause is Cause.GARBLED)

    async def _judge(self, lately: Heard, *, garbled: bool) -> None:
        finding = None if lately.dazzled else diagnose(lately, garbled=garbled)
        if finding and finding.cause is self._suspected:
            await self._book.open(finding)
        elif finding is None and lately.whole and not lately.dazzled:
            await self._book.close(Kind.SERIAL_PORT_UNAVAILABLE)
        self._suspected = finding.cause if finding else None
