"""What is read while nobody knows the time of day is held until somebody does, or is lost and said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from edge_app.clock import Synchrony, boot_id
from edge_app.metering.dating import AGAIN, BLIND, Dating
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.model.incident import Cause
from edge_app.model.measurement import Measurement
from edge_app.model.missing import Reason
from edge_app.model.slot import Grid
from edge_app.model.undated import Undated
from edge_app.store import Store, consents, incidents, measurements, slots, undated
from edge_app.store.undated import Anchor
from edge_app.testing import HandClock, settle
from tests.edge.speaking import telegrams
from tests.edge.test_station import METER, Wire
from tests.store.values import GRANTED, QUARTER, REVOKED
from tests.waiting import until

TRUTH = datetime(2026, 11, 24, 16, 7, 30, tzinfo=UTC)
TELEGRAM = telegrams("DD3", count=1)[0]


class Cellar:
    """A station before its store, with a clock that may be wrong and a true time beside it."""

    def __init__(self, store: Store, *, truth: datetime, shown: datetime) -> None:
        self.clock = HandClock(shown)
        self.store = store
        self.word: object = None
        """What the kernel says of the clock."""
        self.taken: list[Measurement] = []
        self.synchrony = Synchrony(clock=self.clock, kernel=lambda: self.word)
        self.wire = Wire(self.clock)
        self._began = truth
        self.station = Station(
            probe=self.wire,
            meter=load().meter("DD3"),
            schedule=Schedule(METER, Grid(), boot=boot_id()),
            synchrony=self.synchrony,
            keep=lambda measurement: store.run(measurements.keep, measurement),
            hold=lambda reading: store.run(undated.keep, reading),
        )
        self.dating = Dating(
            store=store, grid=Grid(), clock=self.clock, synchrony=self.synchrony, taken=self.taken.append
        )

    @property
    def truth(self) -> datetime:
        return self._began + timedelta(seconds=self.clock.monotonic())

    async def hear(self, passing: timedelta, *, every: float = 60.0) -> None:
        """Let time pass with a telegram now and then."""
        for _ in range(int(passing.total_seconds() / every)):
            before = self.station.heard.whole
            await self.wire.say(TELEGRAM)
            await until(lambda: self.station.heard.whole == before + 1)  # noqa: B023  # waited for within the round
            await self.store.run(lambda _db: None)
            await self.clock.advance(every)

    async def set(self) -> None:
        """A time server is reached."""
        self.clock.set(self.truth)
        self.word = object()
        assert self.synchrony
        await self.dating.date()

    async def kept(self) -> list[Measurement]:
        return [each for _, each in await self.store.run(measurements.unconfirmed, limit=9999)]


@asynccontextmanager
async def cellar(folder: Path, *, truth: datetime = TRUTH, shown: datetime) -> AsyncIterator[Cellar]:
    async with Store.open(folder / "edge.db", ballast=4096) as store:
        await store.run(consents.remember, GRANTED)
        it = Cellar(store, truth=truth, shown=shown)
        task = asyncio.create_task(it.station.run())
        try:
            yield it
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC), id="1970"),
        pytest.param(datetime(2026, 3, 2, 11, 3, tzinfo=UTC), id="the time of its build"),
        pytest.param(TRUTH + timedelta(days=365, hours=1), id="a year ahead"),
    ],
)
async def test_a_day_without_network_is_dated_afterwards_and_marked(tmp_path: Path, shown: datetime) -> None:
    async with cellar(tmp_path, shown=shown) as it:
        await it.hear(timedelta(days=1), every=300)
        assert await it.kept() == []
        await it.set()
        kept = await it.kept()
        told = await it.store.run(slots.untold, length=QUARTER, limit=9999)
        assert await it.store.run(undated.count) == 0
    assert len({each.slot for each in kept}) == len(kept) == 96
    assert [each.time - TRUTH for each in kept] == [n * QUARTER for n in range(96)]
    assert it.taken == kept
    assert [(each.begin, each.end, each.reason) for each in told] == [
        (kept[0].slot, kept[-1].slot + QUARTER, Reason.CLOCK_NOT_SET)
    ]


@pytest.mark.parametrize("night", ["2026-11-28T23:00+00:00", "2027-03-27T22:50+00:00", "2027-10-30T22:50+00:00"])
async def test_the_nights_on_which_clocks_are_changed_are_as_others(tmp_path: Path, night: str) -> None:
    truth = datetime.fromisoformat(night)
    async with cellar(tmp_path, truth=truth, shown=datetime(1970, 1, 1, tzinfo=UTC)) as it:
        await it.hear(timedelta(hours=3), every=300)
        await it.set()
        await it.hear(timedelta(hours=3), every=300)
        kept = await it.kept()
    first = Grid().slot(truth)
    assert sorted(each.slot for each in kept) == [first + n * QUARTER for n in range(len(kept))]
    assert len(kept) in (24, 25)


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2)])
async def test_a_jump_in_mid_slot_costs_no_slot_doubles_none_and_misdates_none(
    tmp_path: Path, jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    async with cellar(tmp_path, shown=TRUTH) as it:
        it.word = "set by a time server"
        await it.hear(timedelta(hours=1))
        it.clock.set(it.clock.now() + jump)
        await it.hear(timedelta(hours=1))
        before = len(await it.kept())
        await it.set()
        await it.hear(timedelta(hours=1))
        kept = await it.kept()
    assert before == 5
    assert [each.slot for each in kept] == [Grid().slot(TRUTH) + n * QUARTER for n in range(len(kept))]
    assert len(kept) in (12, 13)
    assert all(timedelta(0) <= each.time - TRUTH <= timedelta(hours=3) for each in kept)
    assert f"the clock was set by {jump.total_seconds():+.0f} s" in caplog.text


async def test_what_an_earlier_start_has_held_is_lost_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with cellar(tmp_path, shown=TRUTH) as it:
        reading = Undated(meter=METER, boot="before the power cut", slot=3, tick=2710.0, data={})
        await it.store.run(undated.keep, reading)
        await it.store.run(undated.keep, reading)
        await it.set()
        assert await it.kept() == []
        told = [await it.store.run(incidents.next_announcement)]
        assert told[0]
        await it.store.run(incidents.acknowledge, told[0].seq)
        told.append(await it.store.run(incidents.next_announcement))
        assert await it.store.run(incidents.open_now) == []
    assert [(each.step, each.incident.cause) for each in told if each] == [
        ("report", Cause.CLOCK),
        ("resolve", Cause.CLOCK),
    ]
    assert "it is lost when that was" in caplog.text


async def test_a_slot_that_has_a_measurement_keeps_it(tmp_path: Path) -> None:
    async with cellar(tmp_path, shown=TRUTH) as it:
        it.word = "set by a time server"
        await it.hear(timedelta(minutes=1))
        (first,) = await it.kept()
        reading = Undated(meter=METER, boot=boot_id(), slot=0, tick=2.0, data={})
        await it.store.run(undated.keep, reading)
        await it.dating.date()
        assert await it.kept() == [first]
        assert await it.store.run(slots.untold, length=QUARTER, limit=9) == []


async def test_nothing_is_held_without_consent_and_nothing_stays_after_it(tmp_path: Path) -> None:
    async with cellar(tmp_path, shown=TRUTH) as it:
        reading = Undated(meter=METER, boot=boot_id(), slot=0, tick=-1e9, data={})
        assert await it.store.run(undated.keep, reading)
        await it.dating.date()  # it lies before the consent
        assert await it.kept() == []
        assert await it.store.run(undated.keep, reading)
        await it.store.run(consents.remember, REVOKED)
        await it.store.run(undated.forget_all)
        assert not await it.store.run(undated.keep, reading)
        assert await it.store.run(undated.count) == 0


async def test_two_weeks_are_held_and_no_more(tmp_path: Path) -> None:
    async with cellar(tmp_path, shown=TRUTH) as it:
        for slot in range(undated.MOST + 5):
            await it.store.run(undated.keep, Undated(meter=METER, boot="b", slot=slot, tick=slot * 900.0, data={}))
        assert await it.store.run(undated.count) == undated.MOST


async def test_dating_waits_for_the_time_and_looks_again(tmp_path: Path) -> None:
    async with cellar(tmp_path, shown=datetime(1970, 1, 1, tzinfo=UTC)) as it:
        await it.hear(timedelta(minutes=1))
        task = asyncio.create_task(it.dating.run())
        await it.clock.advance(BLIND)
        assert it.taken == []
        it.clock.set(it.truth)
        it.word = object()
        await it.clock.advance(BLIND)
        await until(lambda: len(it.taken) == 1)
        await it.store.run(undated.keep, Undated(meter=METER, boot=boot_id(), slot=-2, tick=-1000.0, data={}))
        await until(lambda: bool(it.clock._sleepers))
        await it.clock.advance(AGAIN)
        await until(lambda: len(it.taken) == 2)
        task.cancel()
        await asyncio.wait([task])


async def test_a_clock_that_the_cloud_contradicts_marks_what_is_measured(tmp_path: Path) -> None:
    async with cellar(tmp_path, shown=TRUTH) as it:
        it.synchrony.compare(TRUTH, TRUTH + timedelta(seconds=10))
        assert it.synchrony.doubtful
        measurement = Measurement(meter=METER, slot=Grid().slot(TRUTH), time=TRUTH, data={})
        assert await it.store.run(undated.keep_marked, measurement)
        assert not await it.store.run(undated.keep_marked, measurement)
        (told,) = await it.store.run(slots.untold, length=QUARTER, limit=9)
        assert (told.begin, told.reason) == (measurement.slot, Reason.CLOCK_NOT_SET)
        it.synchrony.compare(TRUTH, TRUTH + timedelta(seconds=1))
        assert not it.synchrony.doubtful


def test_an_anchor_ties_both_clocks_together() -> None:
    assert Anchor(boot="b", tick=100.0, now=TRUTH).at(40.0) == TRUTH - timedelta(minutes=1)


async def test_a_meter_of_another_household_is_not_mixed_in(tmp_path: Path) -> None:
    other = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02")
    async with cellar(tmp_path, shown=TRUTH) as it:
        for meter in (METER, other):
            await it.store.run(undated.keep, Undated(meter=meter, boot=boot_id(), slot=0, tick=5.0, data={}))
        await it.set()
        await settle()
        assert {each.meter for each in await it.kept()} == {METER, other}
