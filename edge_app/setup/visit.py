"""A visit at a probe: its port is open for a person in front of the meter, what comes is counted, light can be sent."""

from contextlib import AbstractAsyncContextManager, aclosing

from edge_app.clock import Clock
from edge_app.errors import ProbeError, TelegramError
from edge_app.metering.ear import Ear, read
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.metering.probe.light import Driver, Lamp, lamp
from edge_app.metering.probe.probe import Port, Probe
from edge_app.metering.unlock.hearing import Hearing
from edge_app.model.telegram import Damage, Telegram
from edge_app.setup.sound import Counter, Sound

OPENS_WITHIN = 5.0
"""Seconds."""
LOOK_EVERY = 0.1


class Visit:
    """One probe while somebody looks; nothing that is heard is kept."""

    def __init__(self, port: Port, *, models: Catalogue, clock: Clock) -> None:
        self.port = port
        self.hearing: Hearing | None = None
        """Whoever enters a PIN, and may not be dazzled by its own light."""
        self._probe = Probe(port, clock=clock)
        self._models = models
        self._clock = clock
        self._counter = Counter()

    async def run(self) -> None:
        """Listen until cancelled."""
        ear = Ear()
        async with aclosing(self._probe.chunks()) as chunks:
            async for chunk in chunks:
                self._counter.arrived(chunk.data, chunk.monotonic)
                for found in ear.hear(chunk):
                    self._take(found)

    @property
    def sound(self) -> Sound:
        """How the meter is heard now."""
        candidates = tuple(self._models.candidates(self._counter.last)) if self._counter.last else ()
        trouble = self._probe.trouble
        return self._counter.sound(self._clock.monotonic(), candidates, trouble.kind if trouble else None)

    async def opened(self) -> None:
        """Wait until the port is open, a little; whoever needs it then is told."""
        end = self._clock.monotonic() + OPENS_WITHIN
        while self._probe.connection is None and self._clock.monotonic() < end:
            await self._clock.sleep(LOOK_EVERY)

    def lamp(self, *, driver: Driver | None, inverted: bool) -> AbstractAsyncContextManager[Lamp]:
        """The LED of the probe. Raises ProbeError where the port is not open, OSError where it cannot be switched."""
        line = self._probe.connection
        if line is None:
            raise self._probe.trouble or ProbeError("absent", f"{self.port.url} is not open yet")
        return lamp(
            self.port.url,
            line.write,
            baudrate=self.port.baudrate,
            clock=self._clock,
            driver=driver,
            inverted=inverted,
        )

    def _take(self, found: Telegram | Damage) -> None:
        now = self._clock.monotonic()
        if self.hearing and self.hearing.lamp and not self.hearing.lamp.judges(found):
            return
        if isinstance(found, Damage):
            self._counter.damaged(now)
            return
        try:
            reading = read(found)
        except TelegramError:
            self._counter.damaged(now)
            return
        self._counter.whole(reading, now)
        if self.hearing:
            self.hearing.take(found)
