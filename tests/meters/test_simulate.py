"""A virtual meter as a whole: a real line, a clock moved by hand, and what a reader makes of it."""

import asyncio
import os
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import serial

from edge_app.errors import ConfigError, PluginError
from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER
from edge_app.metering.probe.recording import Piece, Recording
from edge_app.metering.profile import profile
from edge_app.model.reading import Reading
from edge_app.simulator import simulate
from edge_app.testing import HandClock
from tests.meters.hearing import EXAMPLES, MODELS, believed, telegram_of
from tests.waiting import until

PIECE = 60
SUMMER_NOON = datetime(2026, 6, 20, 11, 0, tzinfo=UTC)


class WatchedClock(HandClock):
    """A clock that tells how often somebody looked at it: a virtual meter does for each piece of light."""

    looked = 0

    def monotonic(self) -> float:
        self.looked += 1
        return super().monotonic()


class Bench:
    """A virtual meter on a link, the clock that it lives by, and a probe in front of it."""

    def __init__(self, link: Path, clock: WatchedClock) -> None:
        self.clock = clock
        self._link = link
        self._probe = serial.Serial(str(link), 9600, timeout=0)

    def reopen(self) -> None:
        """Put the probe before the terminal that the link leads to now."""
        self._probe.close()
        self._probe = serial.Serial(str(self._link), 9600, timeout=0)

    async def shine(self, seconds: float, *, then: float) -> None:
        """Light the LED by bytes, in pieces so small that each arrives whole; then leave it dark."""
        for count in [PIECE] * (round(seconds * 960) // PIECE):
            looked = self.clock.looked
            self._probe.write(bytes(count))
            await until(lambda: self.clock.looked > looked)  # noqa: B023  # awaited within the turn of the loop
        await self.clock.advance(seconds + then)
        self._probe.reset_input_buffer()

    def write(self, data: bytes) -> None:
        self._probe.write(data)

    async def hear(self, seconds: float) -> bytes:
        """What arrives while time passes, a second at a time."""
        heard = bytearray()
        for _ in range(int(seconds / 0.5)):
            await self.clock.advance(0.5)
            heard += self._probe.read(100_000)
        return bytes(heard)

    async def readings(self, seconds: float) -> list[Reading]:
        return [reading for _, reading in believed(await self.hear(seconds))]

    def close(self) -> None:
        self._probe.close()


async def past_the_first_telegram(link: Path) -> None:
    """A probe that is put up later drops what came before."""
    file = os.open(link, os.O_RDWR | os.O_NONBLOCK)
    await until(lambda: select.select([file], [], [], 0)[0] == [file])
    os.close(file)


@asynccontextmanager
async def bench(folder: Path, model: str, **wishes: Any) -> AsyncIterator[Bench]:
    link, clock = folder / "meter", WatchedClock(SUMMER_NOON)
    asked: dict[str, Any] = {
        "link": link,
        "tcp": None,
        "variant": None,
        "locked": False,
        "pin": None,
        "seed": 1,
        "pace": 1.0,
        "interval": None,
        "capture": None,
        "role": "electricity",
    }
    task = asyncio.create_task(simulate(meter=MODELS[model], clock=clock, **asked | wishes))
    try:
        await until(lambda: link.is_symlink() or task.done())
        if task.done():
            await task
        await past_the_first_telegram(link)
        before = Bench(link, clock)
        try:
            yield before
        finally:
            before.close()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert not link.is_symlink(), "the link is taken away at the end"


@pytest.mark.parametrize("model", MODELS)
async def test_each_model_sends_at_its_own_rate(tmp_path: Path, model: str) -> None:
    async with bench(tmp_path, model) as wall:
        every = profile(MODELS[model]).variant().every
        readings = await wall.readings(10 * every)
        assert abs(len(readings) - 10) <= 1
        assert all(MODELS[model]().recognises(reading) and reading.unlocked for reading in readings)


@pytest.mark.parametrize("model", MODELS)
async def test_a_locked_meter_shows_whole_kilowatt_hours_and_no_power(tmp_path: Path, model: str) -> None:
    async with bench(tmp_path, model, locked=True, interval=1) as wall:
        for reading in await wall.readings(5):
            assert not reading.unlocked
            assert reading.registers[ENERGY_IN].value % 1 == 0


async def test_counters_rise_with_the_sun_at_the_pace_that_was_asked_for(tmp_path: Path) -> None:
    async with bench(tmp_path, "DD3", pace=3600.0, interval=1) as wall:
        readings = await wall.readings(24)
    energy = [reading.registers[ENERGY_OUT].value for reading in readings]
    assert energy == sorted(energy)
    assert Decimal(5) < energy[-1] - energy[0] < Decimal(90), "a summer's day of a system of 8 kW, in kWh"
    assert {reading.registers[POWER].value < 0 for reading in readings} == {True, False}


async def test_a_generation_meter_counts_what_is_fed_in(tmp_path: Path) -> None:
    async with bench(tmp_path, "MT175", role="pv-generation", pace=60.0) as wall:
        first, *_, last = await wall.readings(10)
    assert last.registers[POWER].value < 0
    assert last.registers[ENERGY_OUT].value > first.registers[ENERGY_OUT].value
    assert last.registers[ENERGY_IN].value == first.registers[ENERGY_IN].value


async def test_the_same_seed_is_the_same_meter(tmp_path: Path) -> None:
    heard = []
    for seed in (1, 1, 2):
        async with bench(tmp_path, "EASY", seed=seed) as wall:
            heard.append(await wall.hear(3))
    assert heard[0] == heard[1]
    ids = {believed(stream)[0][1].server_id for stream in heard}
    assert len(ids) == 2


async def test_mode_d_comes_with_its_parity_in_bit_7_or_with_seven_bits(tmp_path: Path) -> None:
    for seven_bit in (False, True):
        async with bench(tmp_path, "DD3", variant="mode_d", seven_bit=seven_bit) as wall:
            heard = await wall.hear(3)
        assert (max(heard) < 0x80) is seven_bit
        assert len(believed(heard)) == 3
        assert all(byte.bit_count() % 2 == 0 for byte in heard) is not seven_bit


async def test_a_recording_is_played_in_a_loop_damage_and_all(tmp_path: Path) -> None:
    first, second = (telegram_of(example) for _, example in EXAMPLES[:2])
    recording = tmp_path / "recording.bin"
    recording.write_bytes(first[-20:] + first + second[:100] + second)
    async with bench(tmp_path, "MT681", capture=recording, interval=1) as wall:
        pieces = [await wall.hear(1) for _ in range(6)]
    assert pieces[1:4] + pieces[4:5] == [second[:100], second, first[-20:], first]


async def test_a_timed_recording_is_played_as_it_came(tmp_path: Path) -> None:
    moments = ((0.0, b"one"), (0.5, b"two"), (2.5, b"three"))
    recorded = Recording(pieces=tuple(Piece(seconds=seconds, data=data) for seconds, data in moments))
    recording = tmp_path / "recording.jsonl"
    recording.write_text(recorded.text())
    async with bench(tmp_path, "MT681", capture=recording) as wall:
        heard = [await wall.hear(0.5) for _ in range(10)]
    assert heard[0].endswith(b"two")
    assert heard[1:] == [b"", b"", b"", b"three", b"", b"", b"", b"one", b"two"]


async def test_a_recording_in_mode_d_is_played_as_it_is(tmp_path: Path) -> None:
    telegram = next(telegram_of(example) for _, example in EXAMPLES if example.variant.protocol == "d0")
    recording = tmp_path / "recording.bin"
    recording.write_bytes(telegram * 2)
    async with bench(tmp_path, "DD3", capture=recording) as wall:
        assert await wall.hear(3) == telegram * 3


@pytest.mark.parametrize(("model", "places"), [("MT681", None), ("DD3", 13), ("EASY", 7)])
async def test_a_pin_entered_by_light_unlocks_the_meter(tmp_path: Path, model: str, places: int | None) -> None:
    async with bench(tmp_path, model, locked=True, pin="2131", interval=1) as wall:
        assert not (await wall.readings(2))[-1].unlocked
        await wall.shine(2.0, then=0.7 if model != "DD3" else 2.5)
        if model != "DD3":
            await wall.shine(2.0, then=0.6)
        for digit in (2, 1, 3, 1):
            for count in range(digit, 0, -1):
                await wall.shine(0.5, then=0.7 if count > 1 else 3.8)
        if places is not None:
            assert not (await wall.readings(2))[-1].unlocked, "the PIN alone opens the menu only"
            for _ in range(places):
                await wall.shine(0.5, then=0.7)
            await wall.shine(6.0, then=1.0)
        assert (await wall.readings(2))[-1].unlocked


async def test_light_on_a_meter_that_is_never_locked_is_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path, "EHZ", variant="gw8", interval=1) as wall:
        wall.write(bytes(480))
        assert all(reading.unlocked for reading in await wall.readings(3))


async def test_a_meter_may_be_reached_over_tcp(unused_tcp_port: int) -> None:
    clock = HandClock()
    task = asyncio.create_task(
        simulate(
            meter=MODELS["EHZ"],
            link=None,
            tcp=("127.0.0.1", unused_tcp_port),
            variant="gw8",
            locked=False,
            pin=None,
            seed=0,
            pace=1.0,
            interval=None,
            capture=None,
            role="electricity",
            clock=clock,
        )
    )
    async with asyncio.timeout(10):
        while True:
            await clock.advance(0.1)
            with suppress(ConnectionRefusedError):
                source, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
                break
        heard = b""
        while not believed(heard):
            await clock.advance(4)
            heard += await source.read(1000)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_a_meter_that_is_never_locked_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no locked meter of the variant gw8 is known"):
        async with bench(tmp_path, "EHZ", variant="gw8", locked=True):
            pass


async def test_a_variant_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no variant is called"):
        async with bench(tmp_path, "MT681", variant="mode_d"):
            pass


@pytest.mark.parametrize("content", [None, b""])
async def test_a_recording_that_cannot_be_played_is_told(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "recording.bin").write_bytes(content)
    with pytest.raises(ConfigError, match="recording"):
        async with bench(tmp_path, "MT681", capture=tmp_path / "recording.bin"):
            pass
