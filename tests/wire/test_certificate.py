"""The device's certificate, from the preloaded one on, between the real device and the real cloud."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from edge_app.clock import Synchrony, SystemClock
from edge_app.errors import ForbiddenError
from edge_app.store import Store
from edge_app.sync import certificate
from edge_app.sync.client import CloudClient
from edge_app.sync.pair import Credential, Pair
from edge_app.testing import HandClock
from tests.cloud import running
from tests.cloud.running import Cloud
from tests.waiting import until
from tests.wire.conftest import Home, connected

DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Device:
    """A device that keeps its certificate, by a clock that is moved by hand."""

    clock: HandClock
    client: CloudClient
    pair: Pair

    @property
    def present(self) -> Credential:
        return self.pair.load()

    async def pauses_until(self, condition: Callable[[], bool]) -> None:
        """Let pause after pause go by."""
        async with asyncio.timeout(10):
            while not condition():
                await self.clock.advance(certificate.FIRST_PAUSE)
                await asyncio.sleep(0.01)  # the cloud answers meanwhile

    async def has_another_than(self, before: Credential) -> Credential:
        await until(lambda: self.present.certificate != before.certificate)
        await self.client.consent()
        return self.present


@asynccontextmanager
async def keeping(home: Home, store: Store, *, now: datetime | None = None) -> AsyncIterator[Device]:
    clock = HandClock(now or SystemClock().now())
    async with CloudClient.open(home.config, clock=clock, synchrony=Synchrony(trusted=True)) as client:
        keep = certificate.keep_certificate(store, client, config=home.config, clock=clock, rng=random.Random(1))
        task = asyncio.create_task(keep)
        try:
            yield Device(clock=clock, client=client, pair=Pair.of(home.config))
        finally:
            task.cancel()
            await asyncio.wait([task])


async def refused(home: Home) -> None:
    async with connected(home.config) as client:
        with pytest.raises(ForbiddenError, match="403 The certificate is denied"):
            await client.consent()


async def bundle_of(cloud: Cloud, home: Home, folder: Path, age: timedelta) -> Home:
    """The same device with a bundle that was written so long ago, in the eyes of both."""
    then = running.HandClock(SystemClock().now() - age)
    return Home(household=home.household, folder=await cloud.provision(home.device, folder, clock=then))


async def test_the_preloaded_certificate_is_exchanged_at_first_contact_and_ends(
    home: Home, store: Store, tmp_path: Path
) -> None:
    preloaded = Home(household=home.household, folder=Path(shutil.copytree(home.folder, tmp_path / "card")))
    before = Pair.of(home.config).load()
    async with keeping(home, store) as device:
        after = await device.has_another_than(before)
    assert (before.own, after.own) == (False, True)
    assert after.key.public_key() != before.key.public_key()
    assert after.certificate.subject == before.certificate.subject
    await refused(preloaded)


async def test_a_lost_answer_locks_nobody_out(home: Home, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    renew: Callable[..., Awaitable[str]] = CloudClient.renew
    asked = 0

    async def lose(self: CloudClient, request: str) -> str:
        nonlocal asked
        asked += 1
        answer = await renew(self, request)
        if asked == 1:
            raise certificate.UnreachableError("the cloud's answer broke off")
        return answer

    monkeypatch.setattr(CloudClient, "renew", lose)
    before = Pair.of(home.config).load()
    async with keeping(home, store) as device:
        await device.pauses_until(lambda: asked == 2)
        assert (await device.has_another_than(before)).own
    assert asked == 2


async def test_a_certificate_is_left_alone_at_1_day_and_renewed_at_89(home: Home, store: Store) -> None:
    async with keeping(home, store) as device:
        own = await device.has_another_than(Pair.of(home.config).load())
        await device.clock.advance(DAY.total_seconds())
        assert device.present.certificate == own.certificate
        await device.clock.advance(88 * DAY.total_seconds())
        assert (await device.has_another_than(own)).certificate != own.certificate


@pytest.mark.parametrize("days_expired", [1, 309, 399])
async def test_a_device_that_slept_past_its_end_comes_back_by_itself(
    cloud: Cloud, home: Home, store: Store, tmp_path: Path, days_expired: int
) -> None:
    slept = await bundle_of(cloud, home, tmp_path / "slept", 90 * DAY + days_expired * DAY)
    before = Pair.of(slept.config).load()
    async with keeping(slept, store) as device:
        after = await device.has_another_than(before)
    assert after.not_after > SystemClock().now() + 80 * DAY


async def test_a_device_that_slept_too_long_is_told_to_be_provisioned_anew(
    cloud: Cloud, home: Home, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slept = await bundle_of(cloud, home, tmp_path / "slept", 90 * DAY + 401 * DAY)
    async with keeping(slept, store):
        await until(lambda: "provision the device anew" in caplog.text)
    assert not Pair.of(slept.config).load().own


async def test_a_corrected_address_stands_in_the_next_certificate(cloud: Cloud, home: Home, store: Store) -> None:
    patch: dict[str, Any] = {"participant": {"email": "erika@new.example"}}
    async with cloud.people() as people:
        path = f"/management/household/{home.household['uuid']}"
        headers = {"Content-Type": "application/merge-patch+json"}
        async with people.patch(path, json=patch, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
    before = Pair.of(home.config).load()
    async with connected(home.config) as client:
        await client.account()
    async with keeping(home, store) as device:
        after = await device.has_another_than(before)
    names = after.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["erika@new.example"]


async def test_an_answer_with_another_key_s_certificate_is_not_taken(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = Pair.of(home.config).load()
    answers = [before.pem, "no certificate"]

    async def answer(_self: CloudClient, _request: str) -> str:
        return answers.pop()

    monkeypatch.setattr(CloudClient, "renew", answer)
    async with keeping(home, store) as device:
        await device.pauses_until(lambda: not answers)
    assert "the cloud's answer holds no certificate" in caplog.text
    assert Pair.of(home.config).load().certificate == before.certificate


async def test_a_pair_that_cannot_be_written_is_tried_again(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = Pair.of(home.config).load()
    beside = home.folder / ".device.pem.next.new"
    beside.mkdir()
    async with keeping(home, store) as device:
        await until(lambda: "cannot be written" in caplog.text)
        beside.rmdir()
        await device.clock.advance(certificate.LOOK_EVERY)
        await device.has_another_than(before)
