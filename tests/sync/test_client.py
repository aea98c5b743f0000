"""What the client sends, and how it understands what comes back."""

import asyncio
import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from aiohttp import web

from edge_app.clock import Synchrony
from edge_app.config import CloudConfig
from edge_app.errors import ForbiddenError, RefusedError, UnreachableError
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN
from edge_app.sync.answers import BusyError
from edge_app.sync.client import CloudClient
from edge_app.sync.wire import Account, Address, Household, Location, Metadata, Stored
from edge_app.testing import HandClock
from tests.store.values import CELLAR, START, measurement
from tests.sync.cloud import Cloud, problem, saying

GRANTED = Consent(
    state=ConsentState.GRANTED, granted_at=datetime(2026, 11, 24, 9, 58, 11, tzinfo=UTC), text_version="2026-11"
)
HOME = UUID("11111111-2222-4333-8444-555555555555")


async def test_a_measurement_goes_up_digit_for_digit(client: CloudClient, cloud: Cloud) -> None:
    exact = Measurement(
        meter=CELLAR, slot=START, time=START.replace(microsecond=118_001), data={ENERGY_IN: Decimal("10234.74120")}
    )
    assert await client.send([measurement(0), exact]) == Stored(stored=2, duplicates=0)

    assert [str(each) for each in cloud.batches[0][0]["data"]] == [
        "{'0100010800ff': Decimal('10234.7412')}",
        "{'0100100700ff': Decimal('-0.4310')}",
    ]
    assert cloud.batches[0][0]["meter"] == str(CELLAR)
    assert cloud.batches[0][0]["time"] == "2026-11-24T10:00:02.118Z"
    assert cloud.batches[0][1]["time"] == "2026-11-24T10:00:00.118001Z"
    assert str(cloud.batches[0][1]["data"]) == "[{'0100010800ff': Decimal('10234.74120')}]"


async def test_a_request_is_packed_and_says_who_sends_it(client: CloudClient, cloud: Cloud) -> None:
    await client.send([measurement(0)])

    assert cloud.headers[0]["Content-Encoding"] == "gzip"
    assert cloud.headers[0]["Content-Type"] == "application/json"
    assert re.fullmatch(
        r"zaehlwerk-edge/\d+\.\d+\.\d+ \(python/\S+; sqlite/\S+; linux/\S+\)", cloud.headers[0]["User-Agent"]
    )
    assert len(cloud.peers) == 1


async def test_sending_again_does_no_harm(client: CloudClient, cloud: Cloud) -> None:
    await client.send([measurement(0)])
    assert await client.send([measurement(0), measurement(1)]) == Stored(stored=1, duplicates=1)
    assert len(cloud.held) == 2


async def test_consent_is_granted_and_revoked_once(client: CloudClient, cloud: Cloud) -> None:
    cloud.consent = "not-granted"
    assert (await client.consent()).state is ConsentState.NOT_GRANTED
    assert await client.grant("2026-11") == GRANTED
    assert await client.consent() == GRANTED
    assert (await client.revoke()).state is ConsentState.REVOKED
    with pytest.raises(RefusedError, match="409 Conflict"):
        await client.grant("2026-11")


async def test_what_the_cloud_knows_of_the_household_becomes_values(client: CloudClient, cloud: Cloud) -> None:
    account = f'{{"uuid": "{HOME}", "name": "Eva", "email": "eva@example.org", "of a later version": 1}}'
    household = f"""{{"uuid": "{HOME}",
        "address": {{"street": "Ring", "house_number": "1a",
                    "postal_code": "65195", "city": "Wiesbaden", "country": "DE"}},
        "location": {{"latitude": 50.08, "longitude": 8.24}},
        "metadata": {{"children": 2, "adults": 2, "employed_adults": 1,
                      "ev_charger": true, "heat_pump": false, "home_battery": true}}}}"""
    cloud.next += [saying(200, account, kind="application/json"), saying(200, household, kind="application/json")]

    assert await client.account() == Account(uuid=HOME, name="Eva", email="eva@example.org")
    assert await client.household() == Household(
        uuid=HOME,
        address=Address(street="Ring", house_number="1a", postal_code="65195", city="Wiesbaden", country="DE"),
        location=Location(latitude=50.08, longitude=8.24),
        metadata=Metadata(children=2, adults=2, employed_adults=1, ev_charger=True, heat_pump=False, home_battery=True),
    )
    assert cloud.asked == ["GET /account", "GET /household"]


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422])
async def test_a_problem_of_the_content_is_a_refusal(client: CloudClient, cloud: Cloud, status: int) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return problem(
            status, "No\nGood", detail="too late", errors=[{"pointer": "/measurements/0/time", "detail": "not so"}]
        )

    cloud.next.append(refuse)
    with pytest.raises(RefusedError, match=f"^{status} No Good; too late; /measurements/0/time not so$"):
        await client.send([measurement(0)])


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422])
@pytest.mark.parametrize("kind", ["text/html", "application/problem+json"])
async def test_without_a_problem_document_it_is_no_refusal(
    client: CloudClient, cloud: Cloud, status: int, kind: str
) -> None:
    cloud.next.append(saying(status, "<h1>no</h1>", kind=kind))
    with pytest.raises(UnreachableError, match=f"{status} without a reason"):
        await client.send([measurement(0)])


@pytest.mark.parametrize("status", [401, 403])
async def test_what_we_may_not_do_is_forbidden(client: CloudClient, cloud: Cloud, status: int) -> None:
    cloud.next.append(saying(status))
    with pytest.raises(ForbiddenError, match=str(status)):
        await client.send([measurement(0)])


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        ("Tue, 24 Nov 2026 10:05:00 GMT", 300),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 0),
        ("soon", 0),
        ("Fri, 31 Dec 9999 23:59:59 -1400", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_cloud_says_how_long_to_wait(
    client: CloudClient, cloud: Cloud, status: int, retry_after: str, seconds: float
) -> None:
    cloud.next.append(saying(status, Retry_After=retry_after))
    with pytest.raises(BusyError) as raised:
        await client.send([measurement(0)])
    assert raised.value.retry_after == seconds


GARBAGE = [
    (200, "no json"),
    (200, '{"stored": "1", "duplicates": 0}'),
    (200, '{"stored": -1, "duplicates": 2}'),
    (200, '{"stored": 0, "duplicates": 0}'),
    (200, ""),
    (202, '{"stored": 1, "duplicates": 0}'),
    (302, ""),
    (500, "oops"),
    (200, " " * 2_000_000),
]


@pytest.mark.parametrize(("status", "text"), GARBAGE)
async def test_nothing_else_counts_as_an_answer(client: CloudClient, cloud: Cloud, status: int, text: str) -> None:
    cloud.next.append(saying(status, text, Location="/elsewhere"))
    with pytest.raises(UnreachableError):
        await client.send([measurement(0)])
    assert cloud.asked == ["POST /household/meter/measurement"]


@pytest.mark.parametrize(
    "date", ["yesterday", "2026-11-24T09:58:11", "2026-13-24T09:58:11Z"], ids=["word", "without a zone", "no month"]
)
async def test_moments_are_moments(client: CloudClient, cloud: Cloud, date: str) -> None:
    cloud.next.append(saying(200, f'{{"state": "granted", "granted_at": "{date}"}}'))
    with pytest.raises(UnreachableError, match="granted_at"):
        await client.consent()


async def test_an_answer_that_comes_too_late_is_none(config: CloudConfig, cloud: Cloud, clock: HandClock) -> None:
    released = asyncio.Event()

    async def late(_: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    cloud.next.append(late)
    hasty = msgspec.structs.replace(config, timeout=0.1)
    async with CloudClient.open(hasty, clock=clock, synchrony=Synchrony(trusted=True)) as client:
        with pytest.raises(UnreachableError, match="did not answer in time"):
            await client.send([measurement(0)])
        released.set()


@pytest.mark.parametrize(
    ("date", "believed"),
    [
        ("Tue, 24 Nov 2026 10:00:04 GMT", True),
        ("Tue, 24 Nov 2026 10:00:10 GMT", False),
        ("Tue, 24 Nov 2026 10:00:04 -0000", True),
        ("no date", False),
    ],
)
async def test_the_clouds_clock_confirms_ours(
    client: CloudClient, cloud: Cloud, synchrony: Synchrony, date: str, believed: bool
) -> None:
    cloud.next.append(saying(403, Date=date))
    with pytest.raises(ForbiddenError):
        await client.consent()
    assert bool(synchrony) is believed


async def test_an_answer_that_breaks_off_is_none(client: CloudClient, cloud: Cloud) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"stored": 1')
        assert request.transport
        request.transport.abort()
        return response

    cloud.next.append(break_off)
    with pytest.raises(UnreachableError, match="broke off"):
        await client.send([measurement(0)])


async def test_what_speaks_no_http_is_no_cloud(client: CloudClient, cloud: Cloud) -> None:
    async def speak_nonsense(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.write(b"NONSENSE\r\n\r\n")
        request.transport.close()
        return web.Response()

    cloud.next.append(speak_nonsense)
    with pytest.raises(UnreachableError, match="is no Data API"):
        await client.send([measurement(0)])
