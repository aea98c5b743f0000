"""The consent, wherever it is decided, reaches the other side."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from edge_app.config import CloudConfig
from edge_app.model.consent import ConsentState
from edge_app.store import Store, consents, contacts, measurements
from edge_app.sync.client import CloudClient
from edge_app.sync.consent_watch import watch_consent
from edge_app.sync.gate import ConsentGate
from edge_app.testing import HandClock
from tests.store.values import GRANTED, REVOKED, measurement
from tests.sync.cloud import Cloud, saying
from tests.sync.conftest import DEVICE
from tests.waiting import until

SLOT = 900.0


@pytest.fixture
async def gate(store: Store) -> ConsentGate:
    return await ConsentGate.open(store)


@pytest.fixture
async def watch(
    store: Store, client: CloudClient, gate: ConsentGate, config: CloudConfig, clock: HandClock
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(watch_consent(store, client, gate, config=config, device=DEVICE, clock=clock))
    yield task
    task.cancel()
    await asyncio.wait([task])


async def a_slot_later(clock: HandClock, watch: asyncio.Task[None]) -> None:
    await until(lambda: watch.done() or bool(clock._sleepers))
    await clock.advance(SLOT)
    await until(lambda: watch.done() or bool(clock._sleepers))


async def test_consent_is_learnt_at_the_start(
    cloud: Cloud, store: Store, gate: ConsentGate, watch: asyncio.Task[None]
) -> None:
    await asyncio.wait_for(gate.granted.wait(), 5)
    assert (await store.run(consents.current)).state is ConsentState.GRANTED
    assert cloud.asked == ["GET /household/consent"]


async def test_a_revocation_elsewhere_arrives_within_a_slot_and_ends_the_watch(
    cloud: Cloud, store: Store, gate: ConsentGate, clock: HandClock, watch: asyncio.Task[None]
) -> None:
    await asyncio.wait_for(gate.granted.wait(), 5)
    await store.run(measurements.keep, measurement(0))
    cloud.consent = "revoked"
    await a_slot_later(clock, watch)

    assert gate.revoked.is_set()
    assert await store.run(measurements.latest) == {}
    await asyncio.wait_for(watch, 5)


async def test_while_the_cloud_is_away_the_consent_stands_as_it_stood(
    cloud: Cloud,
    store: Store,
    gate: ConsentGate,
    clock: HandClock,
    watch: asyncio.Task[None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "edge_app.sync.contact")
    await asyncio.wait_for(gate.granted.wait(), 5)
    cloud.next += [saying(500)] * 3
    for _ in range(3):
        await a_slot_later(clock, watch)
        assert gate.granted.is_set()
    assert (await store.run(contacts.status)).error == "the cloud answered 500 without a reason"
    await a_slot_later(clock, watch)

    assert (await store.run(contacts.status)).error is None
    told = [message for message in caplog.messages if message.startswith("consent: ")]
    assert told == ["consent: the cloud answered 500 without a reason", "consent: the cloud answers again"]


async def test_a_cloud_that_knows_less_takes_nothing_back(
    cloud: Cloud, gate: ConsentGate, clock: HandClock, watch: asyncio.Task[None]
) -> None:
    await asyncio.wait_for(gate.granted.wait(), 5)
    cloud.consent = "not-granted"
    await a_slot_later(clock, watch)

    assert gate.granted.is_set()


async def test_a_revocation_made_while_the_cloud_was_away_is_told_to_it(
    cloud: Cloud, gate: ConsentGate, clock: HandClock, watch: asyncio.Task[None]
) -> None:
    cloud.next.append(saying(500))
    await a_slot_later(clock, watch)
    await gate.set(GRANTED)
    await gate.set(REVOKED)
    cloud.next.append(saying(500))
    await a_slot_later(clock, watch)
    await a_slot_later(clock, watch)

    assert cloud.consent == "revoked"
    await asyncio.wait_for(watch, 5)
