"""Consent is granted once and revoked once, in that order; while it does not stand, nothing is taken or given."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, cloud_process, session

pytestmark = pytest.mark.both_databases

CONSENT = "/household/consent"
TIME = "2026-11-24T10:15:02.118Z"


async def test_a_new_household_has_granted_nothing(home: Home) -> None:
    nothing = {"state": "not-granted", "granted_at": None, "revoked_at": None, "text_version": None}
    assert await ask(home.client, "GET", CONSENT) == (200, nothing)


async def test_granting_and_revoking_note_their_moments(home: Home, clock: HandClock) -> None:
    granted_at = clock.now().isoformat().replace("+00:00", "Z")
    granted = {"state": "granted", "granted_at": granted_at, "revoked_at": None, "text_version": "2026-11"}
    assert await ask(home.client, "POST", CONSENT) == (201, granted)
    assert await ask(home.client, "GET", CONSENT) == (200, granted)
    clock.move(timedelta(days=30))
    revoked = granted | {"state": "revoked", "revoked_at": clock.now().isoformat().replace("+00:00", "Z")}
    assert await ask(home.client, "DELETE", CONSENT) == (200, revoked)
    assert await ask(home.client, "GET", CONSENT) == (200, revoked)


async def test_another_version_of_the_text_can_be_agreed_to(home: Home) -> None:
    status, consent = await ask(home.client, "POST", CONSENT, json={"text_version": "2027-03"})
    assert (status, consent["text_version"]) == (201, "2027-03")


@pytest.mark.parametrize(
    ("before", "then", "expected"),
    [
        ([], "DELETE", 409),
        (["POST"], "POST", 409),
        (["POST", "DELETE"], "DELETE", 409),
        (["POST", "DELETE"], "POST", 409),
        ([], "POST", 201),
        (["POST"], "DELETE", 200),
    ],
)
async def test_anything_out_of_order_is_refused(home: Home, before: list[str], then: str, expected: int) -> None:
    for method in before:
        await ask(home.client, method, CONSENT)
    _, standing = await ask(home.client, "GET", CONSENT)
    status, body = await ask(home.client, then, CONSENT)
    assert status == expected
    if expected == 409:
        assert body["type"].endswith(":out-of-order")
        assert await ask(home.client, "GET", CONSENT) == (200, standing)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_of_many_at_the_same_moment_one_wins(home: Home, method: str) -> None:
    if method == "DELETE":
        await ask(home.client, "POST", CONSENT)
    answers = await asyncio.gather(*(ask(home.client, method, CONSENT) for _ in range(12)))
    assert sorted(status for status, _ in answers) == [201 if method == "POST" else 200] + [409] * 11


async def test_measurements_want_standing_consent(home: Home) -> None:
    series = f"/household/meter/{home.meter}/measurement"
    body = measured(home.meter, TIME)
    assert await code(home.client, "POST", UPLOAD, json=body) == (403, "no-consent")
    assert await code(home.client, "GET", series) == (403, "no-consent")

    await ask(home.client, "POST", CONSENT)
    _, page = await ask(home.client, "GET", series)
    assert page == {"measurements": [], "next": None}
    assert (await ask(home.client, "POST", UPLOAD, json=body))[0] == 200

    await ask(home.client, "DELETE", CONSENT)
    assert await code(home.client, "POST", UPLOAD, json=body) == (403, "no-consent")
    assert await code(home.client, "GET", series) == (403, "no-consent")


async def test_before_consent_the_registration_can_be_looked_at(home: Home) -> None:
    for path in ("/account", "/household", "/household/measurement_device", "/household/meter", "/household/pv_system"):
        assert (await ask(home.client, "GET", path))[0] == 200


async def test_after_revocation_nothing_but_that_is_told(granted: Home) -> None:
    await ask(granted.client, "DELETE", CONSENT)
    for path in ("/account", "/household", "/household/measurement_device", "/household/meter", "/household/pv_system"):
        assert await code(granted.client, "GET", path) == (403, "no-consent")
    assert (await ask(granted.client, "GET", CONSENT))[1]["state"] == "revoked"


async def test_a_batch_whose_body_comes_after_revocation_is_not_stored(cloud: Cloud, granted: Home) -> None:
    arrived, revoked = asyncio.Event(), asyncio.Event()

    async def slow_body() -> AsyncIterator[bytes]:
        yield b'{"measurements": '
        arrived.set()
        await revoked.wait()
        yield json.dumps(measured(granted.meter, TIME)["measurements"]).encode() + b"}"

    upload = asyncio.create_task(
        code(granted.client, "POST", UPLOAD, data=slow_body(), headers={"Content-Type": "application/json"})
    )
    await arrived.wait()
    async with cloud.device(granted.bundle) as other:
        await ask(other, "DELETE", CONSENT)
    revoked.set()
    assert await upload == (403, "no-consent")
    async with cloud.database() as database, database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM measurement")).scalar() == 0


async def test_consent_outlives_the_service(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    _, consent = await ask(granted.client, "GET", CONSENT)
    async with cloud.away(), cloud_process(cloud.folder.path, *cloud.options) as (_, listening):
        url = listening.device.at("localhost")
        async with session(url, cloud.folder.ca, granted.bundle) as client:
            assert await ask(client, "GET", CONSENT) == (200, consent)
