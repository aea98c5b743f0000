"""Runs one virtual meter on one line, until it is cancelled."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from edge_app.clock import Clock
from edge_app.metering.meter import Meter
from edge_app.metering.profile import Variant, profile
from edge_app.simulator.capture import replay
from edge_app.simulator.household import Role
from edge_app.simulator.line import open_line
from edge_app.simulator.mode_d_writer import with_even_parity
from edge_app.simulator.virtual_meter import VirtualMeter


class SimulatedTime:
    """Time as the virtual household lives it: from now on, at a pace of so many seconds a second."""

    def __init__(self, clock: Clock, *, pace: float) -> None:
        self.began = clock.now()
        self._clock = clock
        self._zero = clock.monotonic()
        self._pace = pace

    def now(self) -> datetime:
        return self.began + timedelta(seconds=(self._clock.monotonic() - self._zero) * self._pace)


async def simulate(
    *,
    meter: type[Meter],
    link: Path | None,
    tcp: tuple[str, int] | None,
    variant: str | None,
    locked: bool,
    pin: str | None,
    seed: int,
    pace: float,
    interval: float | None,
    capture: Path | None,
    role: Role,
    clock: Clock,
    seven_bit: bool = False,
) -> None:
    """Send a telegram every `interval` seconds, by default as often as the model does, onto a link or a TCP port.

    Raises PluginError for a profile that cannot be used, ConfigError for a link, port, variant or recording.
    """
    chosen = profile(meter).variant(variant)
    if capture is None:
        following = _of_household(chosen, role=role, seed=seed, locked=locked, time=SimulatedTime(clock, pace=pace))
        if chosen.protocol == "d0" and not seven_bit:
            following = _with_parity(following)
    else:
        following = replay(capture)
    async with open_line(link=link, tcp=tcp, heard=_nothing, clock=clock) as line:
        for telegram in following:
            line.send(telegram)
            await clock.sleep(interval or chosen.every)


def _of_household(variant: Variant, *, role: Role, seed: int, locked: bool, time: SimulatedTime) -> Iterator[bytes]:
    meter = VirtualMeter(variant=variant, role=role, seed=seed, since=time.began)
    meter.full = not locked
    while True:
        yield meter.telegram(time.now())


def _with_parity(telegrams: Iterator[bytes]) -> Iterator[bytes]:
    return map(with_even_parity, telegrams)


def _nothing(light: bytes) -> None:
    """A meter that cannot be locked has no use for light."""
