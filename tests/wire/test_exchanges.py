"""Every exchange between the real client and the real cloud."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from edge_app.clock import Synchrony, SystemClock
from edge_app.errors import ForbiddenError, RefusedError, UnreachableError
from edge_app.model.consent import NOT_GRANTED, ConsentState
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN
from edge_app.sync.client import CloudClient
from edge_app.sync.device import device_uuid
from edge_app.sync.wire import Stored
from tests.cloud.running import Cloud, HandClock, running_cloud
from tests.wire.conftest import Home, connected, held


async def test_the_device_is_the_one_that_was_provisioned(home: Home) -> None:
    assert device_uuid(home.config.certificate) == home.device


async def test_the_household_is_the_one_that_was_registered(client: CloudClient, home: Home) -> None:
    account, household = await client.account(), await client.household()

    assert {"uuid": str(account.uuid), "name": account.name, "email": account.email} == home.household["participant"]
    assert str(household.uuid) == home.household["uuid"]
    assert household.address
    assert household.address.street == home.household["address"]["street"]
    assert household.location
    assert household.location.latitude == home.household["location"]["latitude"]
    assert household.metadata
    assert household.metadata.home_battery is home.household["metadata"]["home_battery"]


async def test_consent_goes_forward_and_is_told_with_its_moments(client: CloudClient) -> None:
    assert await client.consent() == NOT_GRANTED
    with pytest.raises(RefusedError, match="409"):
        await client.revoke()
    granted = await client.grant("2026-11")
    assert (granted.state, granted.text_version, granted.revoked_at) == (ConsentState.GRANTED, "2026-11", None)
    assert await client.consent() == granted
    with pytest.raises(RefusedError, match="409"):
        await client.grant("2026-11")
    revoked = await client.revoke()
    assert (revoked.state, revoked.granted_at) == (ConsentState.REVOKED, granted.granted_at)
    assert await client.consent() == revoked
    with pytest.raises(ForbiddenError):
        await client.household()


async def test_measurements_arrive_digit_for_digit_and_once(client: CloudClient, cloud: Cloud, home: Home) -> None:
    await client.grant("2026-11")
    later, earlier = home.measurement(1), home.measurement(2)
    assert await client.send([earlier]) == Stored(stored=1, duplicates=0)
    assert await client.send([earlier, later]) == Stored(stored=1, duplicates=1)

    found = await held(cloud, home)
    assert [(time, str(data)) for time, data in found] == [
        (each.time, str([{code.hex: value} for code, value in each.data.items()])) for each in (earlier, later)
    ]


@pytest.mark.parametrize("digits", ["0", "0.000", "-0.0001", "99999999.99999", "12345678901234567890.123456789"])
async def test_each_digit_survives_the_way(client: CloudClient, cloud: Cloud, home: Home, digits: str) -> None:
    await client.grant("2026-11")
    usual = home.measurement(1)
    await client.send(
        [Measurement(meter=usual.meter, slot=usual.slot, time=usual.time, data={ENERGY_IN: Decimal(digits)})]
    )
    ((_, data),) = await held(cloud, home)
    assert str(data[0]["0100010800ff"]) == digits


async def test_without_consent_nothing_is_taken(client: CloudClient, cloud: Cloud, home: Home) -> None:
    with pytest.raises(ForbiddenError):
        await client.send([home.measurement(1)])
    await client.grant("2026-11")
    assert await held(cloud, home) == []


async def test_what_cannot_be_right_is_refused_and_named(client: CloudClient, home: Home) -> None:
    await client.grant("2026-11")
    usual = home.measurement(0)
    ahead = Measurement(meter=usual.meter, slot=usual.slot, time=usual.time + timedelta(hours=2), data=usual.data)
    with pytest.raises(RefusedError, match=r"422 .*/measurements/1/time"):
        await client.send([home.measurement(1), ahead])
    with pytest.raises(RefusedError, match="404"):
        await client.send([home.measurement(1, meter=uuid4())])


async def test_the_clouds_clock_confirms_ours(home: Home) -> None:
    synchrony = Synchrony(kernel=lambda: False)
    async with connected(home.config, synchrony=synchrony) as client:
        await client.consent()
    assert synchrony


async def test_a_device_of_another_cloud_is_refused(home: Home, tmp_path: Path) -> None:
    async with running_cloud(tmp_path / "other cloud") as other:
        household = await other.add_household()
        folder = await other.provision(household["measurement_devices"][0]["uuid"], tmp_path / "stranger")
    stranger = Home(household=household, folder=folder).config
    here = msgspec.structs.replace(stranger, url=home.config.url, ca=home.config.ca)
    async with connected(here) as client:
        with pytest.raises(UnreachableError, match="as it does when it refuses our certificate"):
            await client.consent()


async def test_a_device_whose_certificate_has_expired_is_refused(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    long_ago = HandClock(SystemClock().now() - timedelta(days=400))
    folder = await cloud.provision(home.device, tmp_path / "expired", clock=long_ago)
    async with connected(Home(household=home.household, folder=folder).config) as client:
        with pytest.raises(UnreachableError, match="as it does when it refuses our certificate"):
            await client.consent()
