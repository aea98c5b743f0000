"""The cloud hears of incidents in their order, each until it has acknowledged it, and only while consent stands."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from edge_app.config import CloudConfig
from edge_app.model.incident import Cause, Incident
from edge_app.store import Store, consents, incidents
from edge_app.sync.client import CloudClient
from edge_app.sync.gate import ConsentGate
from edge_app.sync.incidents import EVERY, tell_of_incidents
from edge_app.testing import HandClock
from tests.store.values import CELLAR, GRANTED, REVOKED
from tests.sync.cloud import Cloud, problem, saying
from tests.sync.conftest import DEVICE
from tests.waiting import until

HOUR = 3600.0
REPORT, RESOLVE = (f"POST /household/meter/{CELLAR}/incident/{step}" for step in ("report", "resolve"))
SILENT = {"kind": "SERIAL-PORT-UNAVAILABLE", "cause": "silent", "detail": "nothing arrives"}


class Teller:
    """A device that tells; its time is moved by hand."""

    def __init__(self, store: Store, client: CloudClient, gate: ConsentGate, config: CloudConfig, clock: HandClock):
        self.store = store
        self.gate = gate
        self.clock = clock
        self._client = client
        self._config = config
        self._task: asyncio.Task[None] | None = None

    async def open(self, cause: Cause = Cause.SILENT) -> None:
        incident = Incident(meter=CELLAR, cause=cause, detail="nothing arrives", began=self.clock.now())
        assert await self.store.run(incidents.begin, incident)

    async def close(self, cause: Cause = Cause.SILENT) -> None:
        assert await self.store.run(incidents.end, CELLAR, cause.kind, self.clock.now())

    async def start(self) -> None:
        self._task = asyncio.create_task(
            tell_of_incidents(
                self.store,
                self._client,
                self.gate,
                config=self._config,
                device=DEVICE,
                clock=self.clock,
                rng=random.Random(1),
            )
        )
        await self.rest()

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def live(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await self.rest()

    async def rest(self) -> None:
        await until(lambda: bool(self.clock._sleepers))

    async def waits(self) -> bool:
        return await self.store.run(incidents.next_announcement) is not None


@pytest.fixture
async def teller(store: Store, client: CloudClient, config: CloudConfig, clock: HandClock) -> AsyncIterator[Teller]:
    await store.run(consents.remember, GRANTED)
    teller = Teller(store, client, await ConsentGate.open(store), config, clock)
    yield teller
    await teller.stop()


async def test_begin_and_end_are_told_within_half_a_minute(teller: Teller, cloud: Cloud) -> None:
    await teller.start()
    assert cloud.asked == []
    await teller.open()
    await teller.live(EVERY)
    await teller.close()
    await teller.live(EVERY)
    assert cloud.asked == [REPORT, RESOLVE]
    assert cloud.bodies == [SILENT, {"kind": "SERIAL-PORT-UNAVAILABLE"}]
    assert not await teller.waits()


async def test_a_night_without_the_cloud_changes_neither_order_nor_number(
    teller: Teller, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "edge_app.sync.contact")
    for _ in range(3):
        await teller.open()
        await teller.close()
    cloud.next.extend(saying(502) for _ in range(5))
    await teller.start()
    for _ in range(5):
        await teller.live(900)
    assert cloud.asked[-6:] == [REPORT, RESOLVE] * 3
    assert cloud.asked[:-6] == [REPORT] * 5
    assert caplog.messages == [
        "incidents: the cloud answered 502 without a reason",
        "incidents: the cloud answers again",
    ]


async def test_what_was_not_acknowledged_is_told_after_a_restart(teller: Teller, cloud: Cloud) -> None:
    await teller.open()
    cloud.next.append(saying(500))
    await teller.start()
    await teller.stop()
    teller.clock._sleepers.clear()
    await teller.start()
    assert cloud.asked == [REPORT, REPORT]
    assert not await teller.waits()


async def test_a_busy_cloud_gets_the_pause_that_it_asks_for(teller: Teller, cloud: Cloud) -> None:
    await teller.open()
    cloud.next.append(saying(503, Retry_After="120"))
    await teller.start()
    await teller.live(119)
    assert len(cloud.asked) == 1
    await teller.live(2)
    assert cloud.asked == [REPORT, REPORT]


async def refusing(_: web.Request) -> web.Response:
    return problem(404, "Not found")


async def test_what_the_cloud_refuses_is_set_aside_and_the_next_is_told(
    teller: Teller, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    await teller.open()
    await teller.close()

    cloud.next.append(refusing)
    await teller.start()
    assert cloud.asked == [REPORT, RESOLVE]
    assert "the report of an incident is set aside, the cloud refuses it: 404 Not found" in caplog.messages


async def test_a_cloud_that_forbids_it_is_asked_again_at_the_next_regular_moment(teller: Teller, cloud: Cloud) -> None:
    await teller.open()
    cloud.next.append(saying(403))
    await teller.start()
    await teller.live(teller.clock._sleepers[0][0] - teller.clock.monotonic() - 1)
    assert len(cloud.asked) == 1
    await teller.live(2)
    assert cloud.asked == [REPORT, REPORT]
    assert teller.clock.monotonic() <= HOUR


async def test_once_consent_is_revoked_nothing_is_told(teller: Teller, cloud: Cloud) -> None:
    await teller.start()
    await teller.open()
    await teller.gate.set(REVOKED)
    await teller.clock.advance(10 * EVERY)
    assert cloud.asked == []
    assert not await teller.waits()
