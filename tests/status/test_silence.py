"""A device that falls silent is an incident of its own, until it is heard again."""

from datetime import timedelta

from cloud_api.store.silence import LONGEST, REPORT_CYCLE, SILENT
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock
from tests.status.watching import open_incidents, status, watch

MINUTE = timedelta(minutes=1)


async def heard_at_once(cloud: Cloud, home: Home) -> None:
    """Let the device speak, and wait until it is known."""
    assert (await ask(home.client, "GET", "/household/consent"))[0] == 200
    now = cloud.clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
    for _ in range(200):
        (device,) = (await status(cloud))["devices"]
        if device["last_active_at"] and device["last_active_at"].rstrip("Z")[:19] == now[:19]:
            return
    raise AssertionError("the sign of life is not written")


async def test_after_three_cycles_without_a_sign_each_meter_of_a_device_has_an_incident(
    cloud: Cloud, granted: Home, clock: HandClock
) -> None:
    await heard_at_once(cloud, granted)
    began = clock.now()
    async with watch(cloud) as rounds:
        clock.move(LONGEST - MINUTE)
        await rounds.one()
        assert await open_incidents(cloud) == []
        clock.move(2 * MINUTE)
        await rounds.one()
        await rounds.one()
        found = await open_incidents(cloud)
    assert [incident["kind"] for incident in found] == [SILENT, SILENT]
    assert {incident["meter"] for incident in found} == {meter["uuid"] for meter in granted.household["meters"]}
    assert {incident["opened_at"][:19] for incident in found} == {began.isoformat()[:19]}
    (device,) = (await status(cloud))["devices"]
    assert device["standing"] == "silent"


async def test_it_is_over_as_soon_as_the_device_is_heard_again(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with watch(cloud) as rounds:
        clock.move(LONGEST + MINUTE)
        await rounds.one()
        assert len(await open_incidents(cloud)) == 2
        await heard_at_once(cloud, granted)
        await rounds.one()
        assert await open_incidents(cloud) == []
    (device,) = (await status(cloud))["devices"]
    assert device["standing"] == "well"


async def test_nobody_is_silent_while_the_service_itself_was_away(
    cloud: Cloud, granted: Home, clock: HandClock
) -> None:
    clock.move(2 * LONGEST)
    async with watch(cloud) as rounds:
        clock.move(REPORT_CYCLE - MINUTE)
        await rounds.one()
        assert await open_incidents(cloud) == []
        clock.move(MINUTE)
        await rounds.one()
        assert len(await open_incidents(cloud)) == 2


async def test_before_consent_and_after_it_silence_is_no_incident(cloud: Cloud, home: Home, clock: HandClock) -> None:
    async with watch(cloud) as rounds:
        clock.move(2 * LONGEST)
        await rounds.one()
        assert await open_incidents(cloud) == []
        assert (await ask(home.client, "POST", "/household/consent"))[0] == 201
        clock.move(LONGEST + MINUTE)
        await rounds.one()
        assert len(await open_incidents(cloud)) == 2
        assert (await ask(home.client, "DELETE", "/household/consent"))[0] == 200
        await rounds.one()
        assert await open_incidents(cloud) == []
        clock.move(LONGEST + MINUTE)
        await rounds.one()
        assert await open_incidents(cloud) == []
    (device,) = (await status(cloud))["devices"]
    assert device["standing"] == "ended"
