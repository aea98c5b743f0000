"""The lamp shines as long as it is told, and is dark whatever happens."""

import asyncio
import os
import tty
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.clock import SystemClock
from edge_app.metering.probe import light
from edge_app.metering.probe.light import TIOCCBRK, TIOCSBRK, BreakSpacing, Lamp, ZeroSpacing, fitting_driver, lamp
from edge_app.model.telegram import Telegram
from edge_app.testing import HandClock, settle
from tests.unlock.bench import JumpingClock


class Wire:
    """What was sent, and when."""

    def __init__(self, clock: HandClock | JumpingClock) -> None:
        self.clock = clock
        self.sent: list[tuple[float, int]] = []

    def write(self, data: bytes) -> None:
        assert set(data) <= {0}
        self.sent.append((self.clock.monotonic(), len(data)))

    @property
    def zeros(self) -> int:
        return sum(count for _, count in self.sent)


def zeros(clock: HandClock | JumpingClock, *, inverted: bool = False, baudrate: int = 9600) -> tuple[Lamp, Wire]:
    wire = Wire(clock)
    return Lamp(ZeroSpacing(wire.write, baudrate=baudrate, clock=clock), clock=clock, inverted=inverted), wire


def telegram(began: float) -> Telegram:
    return Telegram(protocol="sml", data=b"", at=HandClock().now(), began=began, ended=began + 0.5)


@given(st.floats(0.05, 6), st.sampled_from([300, 2400, 9600, 115_200]))
async def test_a_pulse_has_as_many_zeros_as_its_length_takes(seconds: float, baudrate: int) -> None:
    clock = JumpingClock()
    led, wire = zeros(clock, baudrate=baudrate)
    await led.pulse(seconds)
    assert wire.zeros == round(seconds * baudrate / 10)
    assert clock.monotonic() >= seconds


async def test_zeros_never_run_dry_and_never_run_far_ahead() -> None:
    clock = JumpingClock()
    led, wire = zeros(clock)
    await led.pulse(2.0)
    sent = 0
    for at, count in wire.sent:
        assert sent / 960 >= at or at == 0
        sent += count
        assert sent / 960 <= at + light.AHEAD + 0.002


async def test_on_and_off_hold_as_long_as_wanted() -> None:
    clock = HandClock()
    led, wire = zeros(clock)
    await led.on()
    await clock.advance(1)
    await led.off()
    assert wire.zeros == pytest.approx(960, abs=40)
    before = wire.zeros
    await clock.advance(5)
    assert wire.zeros == before


async def test_an_inverted_head_is_dark_while_zeros_run() -> None:
    clock = HandClock()
    led, wire = zeros(clock, inverted=True)
    await led.off()
    await clock.advance(1)
    dark = wire.zeros
    assert dark == pytest.approx(960, abs=40)
    pulse = asyncio.create_task(led.pulse(0.5))
    await settle()
    await clock.advance(0.4)
    assert wire.zeros == pytest.approx(dark, abs=1)
    await clock.advance(0.6)
    assert wire.zeros > dark + 300
    await pulse
    await led.release()
    at_rest = wire.zeros
    await clock.advance(1)
    assert wire.zeros == at_rest


async def test_telegrams_that_the_light_may_have_touched_are_not_judged() -> None:
    clock = HandClock()
    led, _ = zeros(clock)
    assert led.judges(telegram(began=0.0))
    await led.on()
    assert not led.judges(telegram(began=1.0))
    await clock.advance(2)
    await led.off()
    assert not led.judges(telegram(began=1.9))
    assert led.judges(telegram(began=2.1))


@pytest.mark.parametrize("inverted", [False, True])
async def test_cancelling_a_pulse_leaves_it_dark(inverted: bool) -> None:
    clock = HandClock()
    led, _ = zeros(clock, inverted=inverted)
    await led.off()
    pulse = asyncio.create_task(led.pulse(6))
    await clock.advance(1)
    assert not led.judges(telegram(began=100))
    pulse.cancel()
    await asyncio.wait([pulse])
    assert led.judges(telegram(began=100))
    await led.release()


class TestBreak:
    """The kernel is told by ioctl; a pseudo-terminal takes it and shows nothing of it, so the calls are watched."""

    async def test_it_is_held_for_the_length_of_a_pulse_and_released(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = JumpingClock()
        made: list[tuple[float, int]] = []
        monkeypatch.setattr(light.fcntl, "ioctl", lambda _fd, request: made.append((clock.monotonic(), request)))
        await Lamp(BreakSpacing(0, clock=clock), clock=clock).pulse(0.6)
        assert made == [(0.0, TIOCSBRK), (0.6, TIOCCBRK)]

    async def test_a_real_terminal_takes_it(self) -> None:
        meter, reader = os.openpty()
        tty.setraw(reader)
        try:
            async with lamp(
                os.ttyname(reader), lambda _: None, baudrate=9600, clock=SystemClock(), driver="break"
            ) as led:
                await led.pulse(0.01)
        finally:
            os.close(meter)
            os.close(reader)

    async def test_a_port_that_is_none_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="nothing"):
            async with lamp(
                str(tmp_path / "nothing"), lambda _: None, baudrate=9600, clock=SystemClock(), driver="break"
            ):
                pass


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("socket://127.0.0.1:7777", "zeros"),
        ("rfc2217://127.0.0.1:7777", "zeros"),
        ("/dev/pts/0", "zeros"),
        ("/dev/ttyUSB0", "break"),
        ("/dev/serial/by-path/platform-1-port0", "break"),
    ],
)
def test_the_driver_is_chosen_by_what_the_port_can_carry(url: str, driver: str) -> None:
    assert fitting_driver(url) == driver


def test_a_link_to_a_pseudo_terminal_is_one(tmp_path: Path) -> None:
    (tmp_path / "meter").symlink_to("/dev/pts/0")
    assert fitting_driver(str(tmp_path / "meter")) == "zeros"
