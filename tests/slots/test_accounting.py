"""A real device accounts for its slots before a real cloud, and keeps its books by a clock that is moved by hand."""

import asyncio
from datetime import timedelta
from pathlib import Path

from edge_app.clock import Synchrony, SystemClock
from edge_app.metering.bookkeeping import BLIND, book_slots
from edge_app.model.missing import Reason
from edge_app.model.slot import Grid
from edge_app.store import Store, consents, measurements, slots
from edge_app.store.slots import Since
from edge_app.sync.gate import ConsentGate
from edge_app.sync.slots import account_for_slots
from edge_app.testing import HandClock
from tests.cloud.running import HandClock as CloudClock
from tests.cloud.running import running_cloud
from tests.store.values import CELLAR, GRANTED, QUARTER
from tests.waiting import until
from tests.wire.conftest import Home, connected


async def test_the_books_are_kept_once_the_time_is_known(store: Store, clock: HandClock) -> None:
    await store.run(consents.remember, GRANTED)
    known = [False]
    synchrony = Synchrony(kernel=lambda: known[0])
    task = asyncio.create_task(book_slots(store, lambda: [CELLAR], grid=Grid(), clock=clock, synchrony=synchrony))
    await until(lambda: bool(clock._sleepers))
    known[0] = True
    await clock.advance(BLIND)
    await until(lambda: bool(clock._sleepers))
    before = await store.run(slots.untold, length=QUARTER, limit=99)
    await clock.advance(QUARTER.total_seconds())
    await until(lambda: bool(clock._sleepers))
    after = await store.run(slots.untold, length=QUARTER, limit=99)
    task.cancel()
    await asyncio.wait([task])
    counts = [sum((each.end - each.begin) // QUARTER for each in found) for found in (before, after)]
    assert counts[1] == counts[0] + 1
    assert after[-1].reason in {Reason.METER_SILENT, Reason.CLOCK_NOT_SET}


async def test_the_cloud_learns_why_and_gets_again_what_it_lost(tmp_path: Path) -> None:
    cloud_clock = CloudClock()
    async with running_cloud(tmp_path / "cloud", clock=cloud_clock) as cloud:
        household = await cloud.add_household()
        folder = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "device")
        home = Home(household=household, folder=folder)
        clock = HandClock()
        async with connected(home.config) as client, Store.open(tmp_path / "edge.db", ballast=4096) as store:
            consent = await client.grant("2026-11")
            gate = await ConsentGate.open(store)
            await gate.set(consent)
            cloud_clock.move(timedelta(hours=3))
            now = Grid().slot(cloud_clock.now())
            await store.run(slots.book, home.meter, until=now, length=QUARTER, since=Since(started=now, believed=now))
            task = asyncio.create_task(
                account_for_slots(store, client, gate, config=home.config, device=home.device, clock=clock)
            )
            await until(lambda: bool(clock._sleepers))
            await clock.advance(2 * 3600)
            await until(lambda: bool(clock._sleepers), seconds=20)
            task.cancel()
            await asyncio.wait([task])
            ledger = await client.look("household/ledger")
            assert await client.lacking() == []
    reasons = [meter["reasons"] for meter in ledger["meters"]]
    assert reasons[0] == {"consent-off": ledger["meters"][0]["missing"]}
    assert reasons[1] == {"unknown": ledger["meters"][1]["missing"]}
    assert ledger["completeness"] == 0


async def test_what_was_confirmed_and_is_lacking_is_offered_again(store: Store) -> None:
    home = Home(household={"meters": [{"uuid": str(CELLAR)}]}, folder=Path())
    kept = home.measurement(4)
    await store.run(consents.remember, GRANTED)
    await store.run(measurements.keep, kept)
    await store.run(measurements.confirm, 1, SystemClock().now())
    assert await store.run(measurements.waiting) == 0
    first = await store.run(slots.asked, CELLAR, kept.slot, kept.slot + QUARTER, length=QUARTER)
    assert first
    await store.run(measurements.offer_again, first)
    assert await store.run(measurements.waiting) == 1
