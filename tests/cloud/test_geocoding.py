"""A household's place: given, or found for its address by a table or by a service that one names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from cloud_api.errors import FieldsError, SetupError
from cloud_api.privacy import geocoding
from cloud_api.privacy.placing import Placer
from cloud_api.store.locations import Placed
from cloud_api.wire import Address, Location
from tests.cloud.asking import ask, pointers
from tests.cloud.running import Cloud, fresh_draft

pytestmark = pytest.mark.both_databases

PATH = "/management/household"
ADDRESS = Address(street="Musterweg", house_number="4a", postal_code="65195", city="Wiesbaden", country="DE")


@asynccontextmanager
async def service(answer: Any, *, status: int = 200) -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """Somebody who answers as Nominatim and Photon do; where, and what was asked."""
    asked: list[dict[str, str]] = []

    async def reply(request: web.Request) -> web.Response:
        asked.append(dict(request.query))
        return web.json_response(answer, status=status)

    app = web.Application()
    app.add_routes([web.get("/search", reply), web.get("/api", reply)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


def nominatim(rank: int) -> list[dict[str, Any]]:
    return [{"lat": "50.09", "lon": "8.25", "display_name": "x", "place_rank": rank}]


def photon(kind: str) -> dict[str, Any]:
    return {"features": [{"geometry": {"coordinates": [8.25, 50.09]}, "properties": {"name": "x", "type": kind}}]}


@pytest.mark.parametrize(
    ("kind", "answer", "precision"),
    [
        ("nominatim", nominatim(30), "house"),
        ("nominatim", nominatim(26), "street"),
        ("nominatim", nominatim(16), "place"),
        ("photon", photon("house"), "house"),
        ("photon", photon("street"), "street"),
        ("photon", photon("city"), "place"),
    ],
)
async def test_a_service_says_where_and_how_exactly(kind: str, answer: Any, precision: str) -> None:
    async with service(answer) as (url, asked):
        geocoder = geocoding.named(f"{kind}+{url}")
        assert geocoder
        found = await geocoder.find(ADDRESS)
    assert found
    assert (found.latitude, found.longitude, found.precision) == (50.09, 8.25, precision)
    assert "Musterweg 4a" in str(asked)


@pytest.mark.parametrize(("answer", "status"), [([], 200), ({"error": "busy"}, 503)])
async def test_what_no_service_finds_the_table_may_find(cloud: Cloud, answer: Any, status: int) -> None:
    async with service(answer, status=status) as (url, asked), cloud.database() as database:
        placed = await Placer(geocoder=geocoding.named(f"nominatim+{url}")).place(database, ADDRESS, None)
    assert asked
    assert placed
    assert placed.precision == "postal-code"
    assert placed.region == "DE714"


async def test_a_service_is_asked_before_the_table(cloud: Cloud) -> None:
    async with service(nominatim(30)) as (url, _), cloud.database() as database:
        placed = await Placer(geocoder=geocoding.named(f"nominatim+{url}")).place(database, ADDRESS, None)
    assert placed == Placed(latitude=50.09, longitude=8.25, precision="house", region="DE714")


async def test_an_address_that_is_found_far_away_is_refused(cloud: Cloud) -> None:
    abroad = [{"lat": "48.86", "lon": "2.35", "display_name": "x", "place_rank": 30}]
    async with service(abroad) as (url, _), cloud.database() as database:
        with pytest.raises(FieldsError) as refused:
            await Placer(geocoder=geocoding.named(f"nominatim+{url}")).place(database, ADDRESS, None)
    assert [fault.pointer for fault in refused.value.faults] == ["/address"]


@pytest.mark.parametrize("text", ["", "google", "nominatim", "nominatim+ftp://x", "photon+https://", "x+https://x"])
def test_what_is_no_geocoder_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="is no geocoder"):
        geocoding.named(text)


def test_the_table_asks_nobody() -> None:
    assert geocoding.named("table") is None


async def test_a_household_without_a_location_is_placed_by_its_postal_code(cloud: Cloud) -> None:
    async with cloud.people() as people:
        status, household = await ask(people, "POST", PATH, json=fresh_draft(location=None))
    assert status == 201
    assert household["placement"] == {"precision": "postal-code", "region": "DE714"}
    assert household["location"]["latitude"] == pytest.approx(50.08, abs=0.1)


async def test_a_point_set_by_hand_stays_and_gets_its_region(cloud: Cloud) -> None:
    async with cloud.people() as people:
        _, household = await ask(people, "POST", PATH, json=fresh_draft())
    assert household["location"] == {"latitude": 50.08, "longitude": 8.24}
    assert household["placement"] == {"precision": "manual", "region": "DE714"}


async def test_an_address_that_nobody_finds_has_no_location(cloud: Cloud) -> None:
    address = {"street": "x", "house_number": "1", "postal_code": "00000", "city": "x", "country": "DE"}
    async with cloud.people() as people:
        _, household = await ask(people, "POST", PATH, json=fresh_draft(address=address, location=None))
    assert (household["location"], household["placement"]) == (None, None)


@pytest.mark.parametrize(("latitude", "longitude"), [(48.86, 2.35), (54.6, 6.5), (-90, 0)])
async def test_a_point_that_could_not_be_displaced_is_refused_at_once(
    cloud: Cloud, latitude: float, longitude: float
) -> None:
    document = fresh_draft(location={"latitude": latitude, "longitude": longitude})
    async with cloud.people() as people:
        assert await pointers(people, PATH, document) == ["/location"]


async def test_without_geodata_a_household_is_registered_and_its_region_unknown(cloud: Cloud) -> None:
    async with cloud.database() as database:
        async with database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM geodata")
        placed = await Placer().place(database, ADDRESS, Location(latitude=48.86, longitude=2.35))
        assert placed
        assert (placed.precision, placed.region) == ("manual", None)
        assert await Placer().place(database, ADDRESS, None) is None
