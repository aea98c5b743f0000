"""A sign of life goes out only while every station, the store and the loop make progress."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlite_utils import Database

from edge_app.clock import Synchrony
from edge_app.fleet.supervisor import Supervisor
from edge_app.fleet.watchdog import feed
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.probe import Port, Probe
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.model.measurement import Measurement
from edge_app.model.slot import Grid
from edge_app.store import Store
from edge_app.testing import HandClock
from tests.edge.lines import Pty, pty
from tests.edge.speaking import telegrams
from tests.fleet.supervising import Ear, ear
from tests.waiting import until

METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
ALIVE = ["WATCHDOG=1"]


class Cellar:
    """A station on a real line before a watchdog that watches a real store."""

    def __init__(self, line: Pty, store: Store, supervisor: Ear) -> None:
        self.clock = HandClock()
        self.line = line
        self.store = store
        self.ear = supervisor
        self.disk = asyncio.Event()
        """Set while what was measured can be kept."""
        self.disk.set()
        self.waiting = asyncio.Event()
        """Set once a measurement has come as far as the disk."""
        self.consented = True
        self.station = Station(
            probe=Probe(Port(url=line.url, silence=3600), clock=self.clock),
            meter=load().meter("DD3"),
            schedule=Schedule(METER, Grid()),
            synchrony=Synchrony(trusted=True),
            keep=self.keep,
        )

    async def keep(self, _measurement: Measurement) -> None:
        self.waiting.set()
        await self.disk.wait()

    async def signs(self, seconds: float) -> list[str]:
        """What the supervisor hears while so much time passes."""
        self.ear.words()
        heard = []
        for _ in range(int(seconds / 15)):
            await self.clock.advance(15)
            await self.store.run(lambda _db: None)  # the watchdog's own question lies before this one
            await self.clock.advance(0)
            heard += self.ear.words()
        return heard


@asynccontextmanager
async def cellar(folder: Path) -> AsyncIterator[Cellar]:
    with pty() as line, ear(folder) as supervisor:
        async with Store.open(folder / "edge.db", ballast=4096) as store:
            it = Cellar(line, store, supervisor)
            environment = {"NOTIFY_SOCKET": supervisor.address, "WATCHDOG_USEC": "60000000"}
            tasks = [
                asyncio.create_task(it.station.run()),
                asyncio.create_task(
                    feed(
                        Supervisor.of(environment),
                        store=store,
                        probes=lambda: [it.station.probe] if it.consented else [],
                        clock=it.clock,
                    )
                ),
            ]
            try:
                yield it
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)


async def test_four_signs_come_in_the_time_that_the_supervisor_waits(tmp_path: Path) -> None:
    async with cellar(tmp_path) as it:
        await it.signs(15)
        assert await it.signs(60) == 4 * ALIVE


async def test_a_silent_meter_is_no_reason_to_start_afresh(tmp_path: Path) -> None:
    async with cellar(tmp_path) as it:
        await it.signs(15)
        assert len(await it.signs(1800)) == 120


async def test_a_station_that_hangs_ends_the_signs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with cellar(tmp_path) as it:
        await it.signs(15)
        it.disk.clear()
        await until(lambda: it.station.probe.connection is not None)
        for telegram in telegrams("DD3"):
            it.line.say(telegram)
        await until(it.waiting.is_set)
        await it.signs(3600 + 150)
        assert await it.signs(60) == []
        assert f"{it.line.url}: no progress" in caplog.text
        it.disk.set()
        it.line.say(telegrams("DD3")[0])
        await until(lambda: it.station.heard.whole > 1)
        assert await it.signs(15) == ALIVE


async def test_a_station_that_must_not_listen_is_not_waited_for(tmp_path: Path) -> None:
    async with cellar(tmp_path) as it:
        await it.signs(15)
        it.consented = False
        it.station.probe.turned = -1e6
        assert await it.signs(15) == ALIVE


async def test_a_store_that_hangs_ends_the_signs(tmp_path: Path) -> None:
    async with cellar(tmp_path) as it:
        await it.signs(15)
        let_go = threading.Event()

        def hang(_db: Database) -> None:
            let_go.wait(20)

        hanging = asyncio.create_task(it.store.run(hang))
        await it.clock.advance(600)
        assert it.ear.words() in ([], ALIVE)  # the one that was on its way
        await it.clock.advance(600)
        assert it.ear.words() == []
        let_go.set()
        await hanging


@pytest.mark.parametrize(
    ("more", "every"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 15.0),
        ({}, None),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_signs_are_given_only_where_somebody_waits_for_them(more: dict[str, str], every: float | None) -> None:
    assert Supervisor.of({"NOTIFY_SOCKET": "@x", **more}).every == every


@pytest.mark.parametrize("abstract", [False, True])
def test_the_supervisor_hears_of_readiness(tmp_path: Path, abstract: bool) -> None:
    with ear(tmp_path, abstract=abstract) as supervisor:
        Supervisor.of({"NOTIFY_SOCKET": supervisor.address}).ready()
        assert supervisor.words() == ["READY=1"]


async def test_without_a_supervisor_nothing_is_said(tmp_path: Path) -> None:
    nobody: Callable[[], list[Probe]] = list
    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        supervisor = Supervisor.of({})
        supervisor.ready()
        await feed(supervisor, store=store, probes=nobody, clock=HandClock())
