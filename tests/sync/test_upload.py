"""The upload, hour by hour, with a cloud that has its moods."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
from aiohttp import web

from edge_app.config import CloudConfig
from edge_app.model.consent import NOT_GRANTED, Consent
from edge_app.model.measurement import Measurement
from edge_app.store import Store, consents, contacts, measurements
from edge_app.sync.client import CloudClient
from edge_app.sync.gate import ConsentGate
from edge_app.sync.rhythm import Rhythm
from edge_app.sync.upload import AFTER_START, upload
from edge_app.testing import HandClock, settle
from tests.store.values import GRANTED, REVOKED, measurement
from tests.sync.cloud import Cloud, saying
from tests.sync.conftest import DEVICE
from tests.waiting import until

HOUR = 3600.0


class Device:
    """A device that uploads; its time is moved by hand."""

    def __init__(self, store: Store, client: CloudClient, gate: ConsentGate, config: CloudConfig, clock: HandClock):
        self.store = store
        self.gate = gate
        self.clock = clock
        self.rhythm = Rhythm(every=HOUR, device=DEVICE, clock=clock)
        self._client = client
        self._config = msgspec.structs.replace(config, upload_every=HOUR, batch=4)
        self._task: asyncio.Task[None] | None = None

    async def keep(self, *slots: int) -> list[Measurement]:
        kept = [measurement(slot) for slot in slots]
        for each in kept:
            assert await self.store.run(measurements.keep, each)
        return kept

    async def start(self) -> None:
        rng = random.Random(1)
        self._task = asyncio.create_task(
            upload(self.store, self._client, self.gate, config=self._config, device=DEVICE, clock=self.clock, rng=rng)
        )
        await until(lambda: self.asleep)

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    @property
    def asleep(self) -> bool:
        return bool(self.clock._sleepers)

    async def live(self, seconds: float) -> None:
        """Let time pass, and the device do what is then to be done."""
        await self.clock.advance(seconds)
        await until(lambda: self.asleep)

    async def wake(self) -> None:
        """Let just so much time pass that the device has something to do, and let it do that."""
        due, *_ = self.clock._sleepers[0]
        await self.live(due - self.clock.monotonic() + 1e-6)

    async def waiting(self) -> int:
        return await self.store.run(measurements.waiting)

    async def status(self) -> contacts.Status:
        return await self.store.run(contacts.status)


@pytest.fixture
def consent() -> Consent:
    return GRANTED


@pytest.fixture
async def device(
    store: Store, client: CloudClient, config: CloudConfig, clock: HandClock, consent: Consent
) -> AsyncIterator[Device]:
    await store.run(consents.remember, consent)
    device = Device(store, client, await ConsentGate.open(store), config, clock)
    yield device
    await device.stop()


def times(*batches: list[Measurement]) -> list[list[str]]:
    return [[f"{each.time:%Y-%m-%dT%H:%M:%S}.118Z" for each in batch] for batch in batches]


def uploads(cloud: Cloud) -> list[list[str]]:
    return [[each["time"] for each in batch] for batch in cloud.batches]


async def test_the_queue_goes_up_oldest_first_in_batches_until_it_is_empty(device: Device, cloud: Cloud) -> None:
    kept = await device.keep(*range(10))
    await device.start()
    await device.wake()

    assert uploads(cloud) == times(kept[:4], kept[4:8], kept[8:])
    assert await device.waiting() == 0
    assert (await device.status()).answered_at == device.clock.now()


async def test_a_device_that_was_without_power_uploads_within_ten_minutes(device: Device, cloud: Cloud) -> None:
    await device.keep(0)
    await device.start()
    await device.live(AFTER_START)
    assert len(cloud.held) == 1


async def test_a_device_uploads_at_its_own_moment_of_each_hour(device: Device, cloud: Cloud) -> None:
    await device.start()
    await device.wake()
    for day in range(3):
        kept = await device.keep(day)
        await device.live(device.rhythm.until_next() - 1)
        assert await device.waiting() == 1
        await device.live(2)
        assert uploads(cloud)[day:] == times(kept)


async def test_with_nothing_to_send_the_cloud_is_left_alone(device: Device, cloud: Cloud) -> None:
    await device.start()
    await device.live(3 * HOUR)

    assert cloud.asked == []
    assert (await device.status()).answered_at is None


async def test_an_evening_without_the_cloud_loses_nothing_and_makes_two_lines(
    device: Device, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept = await device.keep(*range(4))
    cloud.next += [saying(502)] * 12
    await device.start()
    await device.wake()
    for _ in range(11):
        assert (await device.status()).error == "the cloud answered 502 without a reason"
        await device.wake()
    assert await device.waiting() == 4
    await device.wake()

    assert uploads(cloud)[-1:] == times(kept)
    assert len(cloud.held) == 4
    assert (await device.status()).error is None
    assert caplog.messages == ["upload: the cloud answered 502 without a reason", "upload: the cloud answers again"]


async def test_after_a_failure_the_device_tries_again_before_its_next_moment(device: Device, cloud: Cloud) -> None:
    await device.keep(0)
    cloud.next.append(saying(500))
    await device.start()
    await device.wake()
    assert await device.waiting() == 1
    before = device.clock.monotonic()
    await device.wake()

    assert await device.waiting() == 0
    assert device.clock.monotonic() - before < 5.1


async def test_a_busy_cloud_gets_the_pause_that_it_asks_for(device: Device, cloud: Cloud) -> None:
    await device.keep(0)
    cloud.next.append(saying(429, Retry_After="2000"))
    await device.start()
    await device.wake()
    await device.live(1999)
    assert len(cloud.asked) == 1
    await device.live(2)
    assert len(cloud.asked) == 2


async def test_an_answer_that_was_lost_makes_nothing_double(device: Device, cloud: Cloud) -> None:
    async def store_and_fall_silent(request: web.Request) -> web.Response:
        answer = cloud._store(cloud.batches[-1])
        assert request.transport
        request.transport.abort()
        return answer

    await device.keep(0, 1)
    cloud.next.append(store_and_fall_silent)
    await device.start()
    await device.wake()
    assert len(cloud.held) == 2
    assert await device.waiting() == 2
    await device.wake()

    assert len(cloud.held) == 2
    assert await device.waiting() == 0
    assert len(cloud.batches) == 2


async def test_what_the_cloud_refuses_is_set_aside_and_the_rest_goes_through(
    device: Device, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    kept = await device.keep(*range(9))
    bad = times([kept[1], kept[2], kept[8]])[0]
    cloud.objectionable = set(bad)
    await device.start()
    await device.wake()

    assert [time for _, time in cloud.held] == [time for time in times(kept)[0] if time not in bad]
    assert await device.waiting() == 0
    assert (await device.status()).set_aside == 3
    reason = "the cloud refuses them: 422 Unprocessable Content; /measurements/0/time not so"
    assert caplog.messages == [
        f"2 measurements are set aside, {reason}",
        f"1 measurements are set aside, {reason}",
    ]
    requests = len(cloud.batches)
    await device.live(3 * HOUR)
    assert len(cloud.batches) == requests


async def test_a_failure_amid_a_refused_batch_keeps_what_was_done(device: Device, cloud: Cloud) -> None:
    kept = await device.keep(*range(4))
    cloud.objectionable = set(times([kept[3]])[0])

    async def as_it_should(_: web.Request) -> web.Response:
        return cloud._store(cloud.batches[-1])

    cloud.next += [as_it_should, as_it_should, saying(500)]
    await device.start()
    await device.wake()
    assert await device.waiting() == 2
    await device.wake()

    assert await device.waiting() == 0
    assert len(cloud.held) == 3
    assert (await device.status()).set_aside == 1


async def test_a_cloud_that_forbids_while_consent_stands_leaves_measurements_here(
    device: Device, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    await device.keep(0)
    cloud.next.append(saying(403))
    await device.start()
    await device.wake()

    assert cloud.asked == ["POST /household/meter/measurement", "GET /household/consent"]
    assert await device.waiting() == 1
    assert caplog.messages == ["upload: 403 without a reason"]
    await device.wake()
    assert await device.waiting() == 0


async def test_a_cloud_that_forbids_everything_leaves_measurements_here(device: Device, cloud: Cloud) -> None:
    await device.keep(0)
    cloud.next += [saying(401), saying(401)]
    await device.start()
    await device.wake()

    assert len(cloud.asked) == 2
    assert await device.waiting() == 1
    assert device.gate.granted.is_set()


async def test_a_revocation_that_the_upload_learns_of_empties_the_device(device: Device, cloud: Cloud) -> None:
    await device.keep(0)
    cloud.consent = "revoked"
    await device.start()
    await device.wake()

    assert device.gate.revoked.is_set()
    assert await device.waiting() == 0
    assert cloud.held == {}
    await device.clock.advance(2 * HOUR)
    assert len(cloud.asked) == 2


async def test_a_revocation_between_two_batches_ends_the_upload(device: Device, cloud: Cloud) -> None:
    async def revoke_meanwhile(_: web.Request) -> web.Response:
        await device.gate.set(REVOKED)
        return cloud._store(cloud.batches[-1])

    await device.keep(*range(8))
    cloud.next.append(revoke_meanwhile)
    await device.start()
    await device.wake()

    assert len(cloud.batches) == 1
    assert await device.store.run(measurements.latest) == {}


@pytest.mark.parametrize("consent", [NOT_GRANTED])
async def test_without_consent_nothing_is_sent_until_it_is_granted(device: Device, cloud: Cloud) -> None:
    await device.keep(0)
    await device.start()
    await device.clock.advance(3 * HOUR)
    await settle()
    assert cloud.asked == []

    await device.gate.set(GRANTED)
    await until(lambda: device.asleep)
    assert len(cloud.held) == 1


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2), timedelta(days=-9000), timedelta(days=365)])
async def test_wherever_the_clock_jumps_the_next_upload_is_at_most_an_hour_away(
    device: Device, cloud: Cloud, jump: timedelta
) -> None:
    await device.start()
    await device.wake()
    for slot in range(3):
        device.clock.set(device.clock.now() + jump)
        await device.keep(slot)
        await device.live(HOUR)
        assert await device.waiting() == 0
