"""Hearing: the next reading that counts, for whoever waits for one while the LED may shine."""

import asyncio

from edge_app.clock import Clock
from edge_app.errors import TelegramError
from edge_app.metering.meter import Meter
from edge_app.metering.probe.light import Lamp
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram


class Hearing:
    """Is given every telegram, and hands on those that are of the model and that no light has touched."""

    def __init__(self, meter: Meter, *, clock: Clock, lamp: Lamp | None = None) -> None:
        self.lamp = lamp
        """The LED beside the receiver; None where there is no light."""
        self._meter = meter
        self._clock = clock
        self._waiting: asyncio.Future[Reading] | None = None

    def take(self, telegram: Telegram) -> None:
        """Pass a telegram on to whoever waits; without anybody who waits it is gone."""
        waiting = self._waiting
        if waiting is None or waiting.done():
            return
        if self.lamp is not None and not self.lamp.judges(telegram):
            return
        try:
            reading = self._meter.read(telegram)
        except TelegramError:
            return
        if self._meter.recognises(reading):
            waiting.set_result(reading)

    async def next(self, patience: float) -> Reading | None:
        """The next reading, or None when there is none within so many seconds."""
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        timer = asyncio.create_task(self._clock.sleep(patience))
        timer.add_done_callback(lambda _: waiting.cancel())
        try:
            await asyncio.wait([waiting])
            return None if waiting.cancelled() else waiting.result()
        finally:
            timer.cancel()
