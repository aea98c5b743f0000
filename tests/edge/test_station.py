"""A station keeps one measurement a slot of what it can believe, and nothing before the time is known."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from edge_app.clock import Synchrony
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.probe import Port, Probe
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.model.measurement import Measurement
from edge_app.model.reading import Reading
from edge_app.model.slot import Grid
from edge_app.model.telegram import Chunk
from edge_app.testing import HandClock, settle
from tests.edge.speaking import telegrams

METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
START = datetime(2026, 11, 24, 10, 14, 58, tzinfo=UTC)


class Wire(Probe):
    """A probe whose bytes come from the test."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(Port(url="wire"), clock=clock)
        self._hand = clock
        self._queue: asyncio.Queue[Chunk] = asyncio.Queue()

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        while True:
            yield await self._queue.get()

    async def say(self, data: bytes) -> None:
        self._queue.put_nowait(Chunk(data=data, at=self._hand.now(), monotonic=self._hand.monotonic()))
        await settle()


class Bench:
    """A station with all that it needs, and what it has kept."""

    def __init__(self, *, synchronised: bool = True, ours: bool = True) -> None:
        self.clock = HandClock(START)
        self.wire = Wire(self.clock)
        self.kept: list[Measurement] = []
        self.disk_is_full = False
        self.kernel_knows = synchronised
        self.ours = ours
        self.station = Station(
            probe=self.wire,
            meter=load().meter("DD3"),
            schedule=Schedule(METER, Grid(timedelta(minutes=15))),
            synchrony=Synchrony(kernel=lambda: self.kernel_knows),
            keep=self.keep,
            is_ours=self.is_ours,
        )

    async def is_ours(self, _reading: Reading) -> bool:
        return self.ours

    async def keep(self, measurement: Measurement) -> None:
        if self.disk_is_full:
            raise OSError
        self.kept.append(measurement)


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[Bench]:
    task = asyncio.create_task(bench.station.run())
    try:
        yield bench
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_the_first_whole_telegram_after_the_boundary_is_the_measurement() -> None:
    async with running(Bench()) as bench:
        for telegram in telegrams("DD3", count=6):
            await bench.wire.say(telegram)
            await bench.clock.advance(1)
    assert [measurement.time for measurement in bench.kept] == [START, START + timedelta(seconds=2)]
    assert [measurement.slot.minute for measurement in bench.kept] == [0, 15]
    assert bench.station.heard.whole == 6


async def test_nothing_is_measured_before_the_time_is_known() -> None:
    async with running(Bench(synchronised=False)) as bench:
        first, second = telegrams("DD3", count=2)
        await bench.wire.say(first)
        assert bench.kept == []
        bench.kernel_knows = True
        await bench.wire.say(second)
        assert len(bench.kept) == 1


async def test_a_damaged_telegram_is_counted_and_the_next_whole_one_is_taken() -> None:
    async with running(Bench()) as bench:
        first, second = telegrams("DD3", count=2)
        await bench.wire.say(first.replace(b"EBZ", b"EBX", 1))
        await bench.wire.say(second)
        assert (bench.station.heard.damaged, bench.station.heard.whole) == (1, 1)
        assert len(bench.kept) == 1


async def test_the_telegrams_of_another_meter_are_counted_and_never_kept() -> None:
    async with running(Bench()) as bench:
        await bench.wire.say(telegrams("EHZ", count=1)[0])
        assert (bench.station.heard.foreign, bench.kept) == (1, [])


async def test_a_meter_that_is_not_ours_is_counted_and_never_kept() -> None:
    bench = Bench(ours=False)
    async with running(bench):
        await bench.wire.say(telegrams("DD3", count=1)[0])
        heard = bench.station.heard
        assert (heard.whole, heard.strangers, heard.last) == (0, 1, None)
        assert bench.kept == []


async def test_bytes_are_counted_with_those_that_have_their_top_bit() -> None:
    async with running(Bench()) as bench:
        await bench.wire.say(b"\x01\x80\xff")
        before = bench.station.heard.copy()
        await bench.wire.say(b"\x7f\x81")
        lately = bench.station.heard.since(before)
        assert (before.arrived, before.high_bytes, lately.arrived, lately.high_bytes) == (3, 2, 2, 1)


async def test_a_measurement_that_could_not_be_kept_is_taken_again_from_the_next_telegram() -> None:
    bench = Bench()
    first, second = telegrams("DD3", count=2)
    bench.disk_is_full = True
    task = asyncio.create_task(bench.station.run())
    await bench.wire.say(first)
    assert isinstance(task.exception(), OSError)
    bench.disk_is_full = False
    async with running(bench):
        await bench.wire.say(second)
        assert len(bench.kept) == 1
