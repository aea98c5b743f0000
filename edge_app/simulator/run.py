"""Runs one virtual meter on one line, until it is cancelled."""

from collections.abc import Callable
from pathlib import Path

from edge_app.clock import Clock
from edge_app.errors import ConfigError
from edge_app.metering.meter import Meter
from edge_app.metering.profile import profile
from edge_app.simulator.capture import Played, replay
from edge_app.simulator.display import Display, rules
from edge_app.simulator.household import Role
from edge_app.simulator.line import open_line
from edge_app.simulator.mode_d_writer import with_even_parity
from edge_app.simulator.scenario import Scenario, load
from edge_app.simulator.transmission import Transmission
from edge_app.simulator.wall import Wall

Following = Callable[[float], Played]
"""Gives what is sent at a moment, counted in seconds from the start."""
STEP = 1.0
"""Seconds after which line and faults are looked after between two telegrams."""


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
    scenario: Path | None = None,
    paced: bool = False,
) -> None:
    """Send a telegram every `interval` seconds, by default as often as the model does, onto a link or a TCP port.

    A timed recording is sent as it came, unless an interval is given.

    A locked meter watches the light on its line for the PIN; without a PIN it stays as it is. Mode D comes as 8N1 sees
    it, its parity in bit 7, or with seven bits. A paced meter's bytes come as slowly as its baud rate lets them.

    Raises PluginError for a profile that cannot be used; ConfigError for a link, port, variant, PIN, recording or
    scenario.
    """
    chosen = profile(meter).variant(variant)
    fate = load(scenario) if scenario else Scenario()
    if locked and chosen.locked is None:
        raise ConfigError(f"no locked meter of the variant {chosen.name} is known")
    baudrate = meter().line(chosen.protocol).baudrate
    display = None
    if chosen.locked:
        ours = rules(profile(meter), pin=pin, seed=seed, setting=fate.setting)
        display = Display(ours, baudrate=baudrate, locked=locked)
    if capture:
        following = _recorded(capture, timed=interval is None)
    else:
        wall = Wall(variant=chosen, role=role, seed=seed, pace=pace, display=display, faults=fate.faults, clock=clock)
        following = _composed(wall.telegram, parity=chosen.protocol == "d0" and not seven_bit)

    def heard(data: bytes) -> None:
        if display:
            display.see(data, clock.monotonic())

    began = clock.monotonic()
    async with open_line(link=link, tcp=tcp, heard=heard, clock=clock) as line:
        transmission = Transmission(line, fate.faults, seed=seed, clock=clock, baudrate=baudrate if paced else None)
        due = 0.0
        while True:
            elapsed = clock.monotonic() - began
            await transmission.wait(elapsed)
            if elapsed >= due:
                data, pause = following(elapsed)
                await transmission.send(data, elapsed)
                due = max(due + (interval or chosen.every if pause is None else pause), elapsed)
            await clock.sleep(min(STEP, due - elapsed))


def _recorded(file: Path, *, timed: bool) -> Following:
    recording = replay(file, timed=timed)
    return lambda elapsed: next(recording)


def _composed(telegram: Callable[[float], bytes], *, parity: bool) -> Following:
    return lambda elapsed: (with_even_parity(telegram(elapsed)) if parity else telegram(elapsed), None)
