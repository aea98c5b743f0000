"""Revoking takes away who and where a household was, for good, and leaves what the survey may keep."""

import asyncio
import json
import sqlite3
import struct
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from cloud_api.privacy.anonymise import anonymise
from cloud_api.privacy.atlas import Atlas
from cloud_api.privacy.ring import Ring
from cloud_api.privacy.tables import KEPT, RULES, start_of_year, whole_number
from cloud_api.store import locations
from cloud_api.store.locations import Placed
from cloud_api.store.place import Server
from cloud_api.store.schema import measurement, metadata
from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.geodata import DENSITY, DISTRICTS, official
from tests.cloud.postgres import Postgres
from tests.cloud.running import Cloud, draft, fresh_draft
from tests.cloud.test_geodata import run

pytestmark = pytest.mark.both_databases
CONSENT = "/household/consent"
MARKER = "Zwiebelfisch"
BERLIN_WIESBADEN_PRIGNITZ = ((52.5219, 13.4132, 4244), (50.08, 8.24, 1401), (53.07, 11.86, 35))
LATITUDE, LONGITUDE = 51.23456789012345, 9.87654321098765
TIME = "2026-11-24T10:15:02.118Z"


def marked() -> dict[str, Any]:
    """A household with a mark wherever there is something personal, and plants whose rounding shows."""
    plants = [
        {"nominal_power": power, "azimuth": 180, "tilt": 35, "installation_date": day, "meter": 1}
        for power, day in ((9.5, "2012-06-15"), (9.49, "2020-01-01"), (0.4, "2019-12-31"))
    ]
    return draft(
        participant={"name": f"{MARKER} Name", "email": f"{MARKER}@example.org"},
        address={
            "street": f"{MARKER} Street",
            "house_number": f"{MARKER} 4a",
            "postal_code": "65195",
            "city": f"{MARKER} City",
            "country": "DE",
        },
        location={"latitude": LATITUDE, "longitude": LONGITUDE},
        measurement_devices=[{"name": f"{MARKER} Cellar"}],
        pv_systems=plants,
    )


async def granted_household(cloud: Cloud, out: Path, document: dict[str, Any]) -> tuple[dict[str, Any], Path]:
    household = await cloud.add_household(document)
    bundle = await cloud.provision(household["measurement_devices"][0]["uuid"], out)
    async with cloud.device(bundle) as client:
        assert (await ask(client, "POST", CONSENT))[0] == 201
    return household, bundle


async def shown(cloud: Cloud, household: dict[str, Any]) -> dict[str, Any]:
    async with cloud.people() as people:
        status, found = await ask(people, "GET", f"/management/household/{household['uuid']}")
        assert status == 200
        return dict(found)


Files = Callable[[], bytes]


@pytest.fixture
def files(cloud: Cloud, request: pytest.FixtureRequest) -> Files:
    """Every byte of the database's files; PostgreSQL takes its samples of what was there, and none afterwards."""
    if not isinstance(cloud.place, Server):
        return lambda: b"".join(file.read_bytes() for file in sorted(cloud.folder.path.glob("cloud.db*")))
    server: Postgres = request.getfixturevalue("server")
    place = cloud.place

    def read() -> bytes:
        content = server.files(place)
        server.analyze(place)
        return content

    return read


async def test_what_is_left_of_a_household(cloud: Cloud, tmp_path: Path) -> None:
    household, bundle = await granted_household(cloud, tmp_path / "bundle", marked())
    async with cloud.device(bundle) as client:
        assert (await ask(client, "POST", UPLOAD, json=measured(household["meters"][0]["uuid"], TIME)))[0] == 200
        _, consent = await ask(client, "DELETE", CONSENT)
    del consent["receipt"]
    found = await shown(cloud, household)
    expected = household | {
        "participant": None,
        "address": None,
        "location": found["location"],
        "placement": found["placement"],
        "consent": consent,
        "measurement_devices": [{**household["measurement_devices"][0], "name": "device"}],
        "pv_systems": [
            {**plant, "nominal_power": power, "installation_date": day}
            for plant, (power, day) in zip(
                household["pv_systems"], [(10, "2012-01-01"), (9, "2020-01-01"), (0, "2019-01-01")], strict=True
            )
        ],
    }
    assert found == expected
    async with cloud.database() as database, database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(measurement)) == 1


async def test_no_file_of_the_database_holds_a_mark_any_more(cloud: Cloud, files: Files, tmp_path: Path) -> None:
    for _ in range(30):  # neighbours, so that pages are split and joined
        await cloud.add_household()
    household, bundle = await granted_household(cloud, tmp_path / "bundle", marked())
    order = "<d" if isinstance(cloud.place, Server) else ">d"
    floats = [struct.pack(order, value) for value in (LATITUDE, LONGITUDE)]
    assert all(mark in files() for mark in (MARKER.encode(), *floats))

    async with cloud.device(bundle) as client:
        assert (await ask(client, "DELETE", CONSENT))[0] == 200

    left = files()
    assert MARKER.lower().encode() not in left.lower()
    assert not any(mark in left for mark in floats)
    assert (await shown(cloud, household))["consent"]["state"] == "revoked"


async def test_no_mark_is_left_in_corrections_incidents_logs_and_answers(
    cloud: Cloud, files: Files, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("cloud_api", "aiohttp", "geopy"):  # those that write to the log of a service that is asked to say more
        caplog.set_level("DEBUG", name)
    household, bundle = await granted_household(cloud, tmp_path / "bundle", marked())
    incident = f"/household/meter/{household['meters'][0]['uuid']}/incident"
    told = {"kind": "SERIAL-PORT-UNAVAILABLE", "cause": f"{MARKER} cause", "detail": f"{MARKER} detail"}
    async with cloud.device(bundle) as client, cloud.people() as people:
        wrong = {"field": "/address/street", "value": f"{MARKER} right"}
        for _ in range(2):
            status, correction = await ask(client, "POST", "/household/correction", json=wrong)
            assert status == 201
        decline = f"/management/correction/{correction['uuid']}/decline"
        assert (await ask(people, "POST", decline, json={"word": f"{MARKER} word"}))[0] == 200
        assert (await ask(client, "POST", f"{incident}/report", json=told))[0] in {200, 201}
        assert files().count(MARKER.encode()) >= 10

        _, revoked = await ask(client, "DELETE", CONSENT)
        answers = [revoked]
        for kind in ("household", "correction", "geodata"):
            status, answer = await ask(people, "GET", f"/management/{kind}")
            assert status == 200
            answers.append(answer)
    for place in (files().decode(errors="replace"), caplog.text, json.dumps(answers)):
        assert MARKER.lower() not in place.lower()
        assert str(LATITUDE) not in place


async def test_a_participant_with_another_household_stays_for_that_one(
    cloud: Cloud, files: Files, tmp_path: Path
) -> None:
    first, bundle = await granted_household(cloud, tmp_path / "first", marked())
    second, other_bundle = await granted_household(cloud, tmp_path / "second", marked())
    assert first["participant"] == second["participant"]

    async with cloud.device(bundle) as client:
        await ask(client, "DELETE", CONSENT)
    assert (await shown(cloud, first))["participant"] is None
    assert (await shown(cloud, second))["participant"] == second["participant"]
    assert (await shown(cloud, second))["address"] == second["address"]

    async with cloud.device(other_bundle) as client:
        await ask(client, "DELETE", CONSENT)
    assert MARKER.encode() not in files()


async def test_a_request_between_check_and_anonymisation_finds_nobody(cloud: Cloud, granted: Home) -> None:
    async with cloud.database() as database, database.write() as connection:
        await anonymise(connection, UUID(granted.household["uuid"]), atlas=Atlas())
    assert await code(granted.client, "GET", "/account") == (403, "no-consent")
    async with cloud.people() as people:
        path = f"/management/measurement_device/{granted.device}/bundle"
        assert await code(people, "POST", path) == (409, "fixed")
    _, household = await ask(granted.client, "GET", "/household")
    assert household["address"] is None
    assert household["location"] != granted.household["location"]


async def test_an_anonymised_participant_can_register_anew(cloud: Cloud, tmp_path: Path) -> None:
    household, bundle = await granted_household(cloud, tmp_path / "bundle", marked())
    async with cloud.device(bundle) as client:
        await ask(client, "DELETE", CONSENT)
    again = await cloud.add_household(marked())
    assert again["participant"]["uuid"] != household["participant"]["uuid"]


async def test_a_failure_at_any_statement_leaves_everything_as_it_was(cloud: Cloud, granted: Home) -> None:
    before = await shown(cloud, granted.household)
    async with cloud.database() as database:
        failures = 0
        for allowed in range(1, 100):
            try:
                async with database.write() as connection:
                    _fail_after(connection.sync_connection, allowed)
                    await anonymise(connection, UUID(granted.household["uuid"]), atlas=Atlas())
            except OperationalError:
                failures += 1
                assert await shown(cloud, granted.household) == before
            else:
                break
    assert failures >= 6
    assert (await shown(cloud, granted.household))["address"] is None


@official
async def test_the_place_is_displaced_once_by_the_density_of_its_region(cloud: Cloud, tmp_path: Path) -> None:
    assert (
        await asyncio.to_thread(
            run,
            "geodata",
            "import",
            "--districts",
            DISTRICTS,
            "--density",
            DENSITY,
            "--data",
            cloud.folder.path,
            *cloud.options,
        )
        == 0
    )
    for number, (latitude, longitude, density) in enumerate(BERLIN_WIESBADEN_PRIGNITZ):
        document = fresh_draft(location={"latitude": latitude, "longitude": longitude})
        household, bundle = await granted_household(cloud, tmp_path / f"bundle-{number}", document)
        async with cloud.device(bundle) as client:
            assert (await ask(client, "DELETE", CONSENT))[0] == 200
            assert (await ask(client, "DELETE", CONSENT))[0] == 409
        found = await shown(cloud, household)
        assert found["placement"]["precision"] == "displaced"
        there = found["location"]["latitude"], found["location"]["longitude"]
        distance = Geodesic.WGS84.Inverse(latitude, longitude, *there)["s12"]
        ring = Ring.at_density(density)
        assert ring.inner - 1e-3 <= distance <= ring.outer + 1e-3
        assert await shown(cloud, household) == found


@pytest.mark.parametrize("statement", ["DELETE FROM geodata", "UPDATE location SET latitude = -48.9, longitude = 2.3"])
async def test_a_place_whose_density_nobody_knows_is_erased(
    cloud: Cloud, tmp_path: Path, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    household, bundle = await granted_household(cloud, tmp_path / "bundle", marked())
    async with cloud.database() as database, database.write() as connection:
        await connection.exec_driver_sql(statement)
    async with cloud.device(bundle) as client:
        assert (await ask(client, "DELETE", CONSENT))[0] == 200
    found = await shown(cloud, household)
    assert (found["location"], found["placement"]) == (None, None)
    assert "a location was erased, because the density of its region is not known" in caplog.messages


async def test_a_household_without_a_place_has_none_afterwards(cloud: Cloud, tmp_path: Path) -> None:
    household, bundle = await granted_household(cloud, tmp_path / "bundle", fresh_draft(location=None))
    async with cloud.device(bundle) as client:
        assert (await ask(client, "DELETE", CONSENT))[0] == 200
    assert (await shown(cloud, household))["location"] is None


async def test_a_stand_in_beyond_every_region_belongs_to_none(cloud: Cloud, granted: Home) -> None:
    async with cloud.database() as database, database.write() as connection:
        uuid = UUID(granted.household["uuid"])
        await anonymise(connection, uuid, atlas=Atlas(), displace=lambda *_: (54.6, 6.5))
        assert await locations.of(connection, uuid) == Placed(latitude=54.6, longitude=6.5, precision="displaced")


def test_it_is_decided_for_every_table_what_becomes_of_it() -> None:
    assert set(RULES).isdisjoint(KEPT)
    assert set(metadata.tables) == set(RULES) | set(KEPT)


@pytest.mark.parametrize(
    ("power", "rounded"),
    [(0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3), (9.8, 10), (9.499999, 9), (29.5, 30), (100000, 100000)],
)
def test_nominal_power_goes_to_the_nearest_whole_number_a_half_up(power: float, rounded: float) -> None:
    assert whole_number(power) == rounded


@given(st.dates())
def test_of_an_installation_date_the_year_is_left(day: date) -> None:
    assert start_of_year(day) == date(day.year, 1, 1)


def _fail_after(connection: Any, allowed: int) -> None:
    """Let so many statements pass, then fail as SQLite does when the disk is full."""
    seen = 0

    @event.listens_for(connection, "before_cursor_execute")
    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen > allowed:
            raise OperationalError("statement", {}, sqlite3.OperationalError("database or disk is full"))
