"""The real upload before a real cloud that goes away, is killed, and changes its mind."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import msgspec

from cloud_api.folder.layout import DataFolder
from edge_app.clock import SystemClock
from edge_app.model.measurement import Measurement
from edge_app.store import Store, contacts, measurements
from edge_app.sync.client import CloudClient
from edge_app.sync.consent_watch import watch_consent
from edge_app.sync.gate import ConsentGate
from edge_app.sync.upload import upload
from tests.cloud.running import Cloud, cloud_process, running_cloud
from tests.wire.conftest import Home, connected, held
from tests.wire.line import Line

QUICK = 0.2
"""Seconds between two uploads, so that a test lives through many."""


@asynccontextmanager
async def uploading(store: Store, client: CloudClient, gate: ConsentGate, home: Home) -> AsyncIterator[None]:
    """What the app runs, at a quicker pace."""
    settings = msgspec.structs.replace(home.config, upload_every=QUICK, consent_every=QUICK, batch=7)
    clock, rng = SystemClock(), random.Random(1)
    tasks = [
        asyncio.create_task(upload(store, client, gate, config=settings, device=home.device, clock=clock, rng=rng)),
        asyncio.create_task(watch_consent(store, client, gate, config=settings, device=home.device, clock=clock)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def keep(store: Store, *given: Measurement) -> None:
    for each in given:
        assert await store.run(measurements.keep, each)


async def comes(store: Store, wanted: Callable[[contacts.Status], bool]) -> None:
    async with asyncio.timeout(20):
        while not wanted(await store.run(contacts.status)):  # noqa: ASYNC110  # the device announces it nowhere
            await asyncio.sleep(0.01)


async def nothing_waits(store: Store) -> None:
    await comes(store, lambda status: status.waiting == 0)


def as_held(*kept: Measurement) -> list[tuple[datetime, list[dict[str, Decimal]]]]:
    return [(each.time, [{code.hex: value} for code, value in each.data.items()]) for each in kept]


async def test_an_evening_without_the_cloud_loses_nothing_and_doubles_nothing(
    store: Store, client: CloudClient, cloud: Cloud, home: Home
) -> None:
    gate = await ConsentGate.open(store)
    await gate.set(await client.grant("2026-11"))
    evening = [home.measurement(slot) for slot in reversed(range(60))]
    async with uploading(store, client, gate, home):
        await keep(store, *evening[:10])
        await nothing_waits(store)
        async with cloud.away():
            await keep(store, *evening[10:50])
            await comes(store, lambda status: status.error is not None)
        await keep(store, *evening[50:])
        await nothing_waits(store)

    assert await held(cloud, home) == as_held(*evening)


async def test_offenders_are_set_aside_and_the_rest_arrives(
    store: Store, client: CloudClient, cloud: Cloud, home: Home
) -> None:
    gate = await ConsentGate.open(store)
    await gate.set(await client.grant("2026-11"))
    good = [home.measurement(slot) for slot in reversed(range(20))]
    strangers = [home.measurement(slot, meter=uuid4()) for slot in (3, 9)]
    await keep(store, *good[:5], strangers[0], *good[5:12], strangers[1], *good[12:])
    async with uploading(store, client, gate, home):
        await nothing_waits(store)

    assert await held(cloud, home) == as_held(*good)
    assert await store.run(measurements.set_aside_count) == 2


async def test_a_revocation_elsewhere_empties_the_device(
    store: Store, client: CloudClient, cloud: Cloud, home: Home
) -> None:
    gate = await ConsentGate.open(store)
    await gate.set(await client.grant("2026-11"))
    async with uploading(store, client, gate, home):
        await keep(store, home.measurement(2))
        await nothing_waits(store)
        async with cloud.device(home.folder) as elsewhere, elsewhere.delete("/household/consent") as answer:
            assert answer.status == 200
        await asyncio.wait_for(gate.revoked.wait(), 10)

    assert await store.run(measurements.latest) == {}
    assert not await store.run(measurements.keep, home.measurement(1))


async def test_a_cloud_that_is_killed_between_commit_and_answer_makes_nothing_double(
    store: Store, tmp_path: Path
) -> None:
    folder = DataFolder(tmp_path / "cloud")
    async with running_cloud(folder.path) as cloud:
        household = await cloud.add_household()
        device = household["measurement_devices"][0]["uuid"]
        home = Home(household=household, folder=await cloud.provision(device, tmp_path / "device"))
        gate = await ConsentGate.open(store)
        async with connected(home.config) as client:
            await gate.set(await client.grant("2026-11"))
    kept = [home.measurement(slot) for slot in reversed(range(40))]
    await keep(store, *kept)

    line = Line(folder.database)
    async with line.laid() as port:
        settings = msgspec.structs.replace(home.config, url=home.config.url.with_port(port))
        async with connected(settings) as client, uploading(store, client, gate, home):
            for life in range(3):
                async with cloud_process(folder.path) as (process, listening):
                    line.lead_to(listening.device.port, victim=process)
                    assert await asyncio.wait_for(process.wait(), 20) == -9
                assert await store.run(measurements.waiting) == 40 - 7 * life
            async with cloud_process(folder.path) as (_, listening):
                line.lead_to(listening.device.port, victim=None)
                await nothing_waits(store)

    async with running_cloud(folder.path) as cloud:
        assert await held(cloud, home) == as_held(*kept)
