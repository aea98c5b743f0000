"""Both lists of the frontends over very many households: how long a first page takes, on SQLite and on PostgreSQL.

What is searched for stands in few rows or in none, since what stands in many is found at once.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store import register, schema, silence, standing, status
from cloud_api.store.database import Database
from cloud_api.store.place import Place
from cloud_api.wire.register import Order
from tests.cloud.postgres import postgres

DEVICES = 100_000
PROMISED = 0.3
"""Seconds for the first page."""
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROUNDS = 7
SERVER = "-c listen_addresses='' -c shared_buffers=256MB -c fsync=off"
ASKED: dict[str, dict[str, dict[str, Any]]] = {
    "devices": {
        "the first page": {},
        "those with incidents": {"standing": "incident"},
        "those whose consent was revoked": {"consent": "revoked"},
        "of a name that some have": {"text": "Person 7123"},
        "of a name that nobody has": {"text": "Zwiebelfisch"},
        "of a uuid": {"text": "00000000-0000-0003-0000-00000000be"},
    },
    "households": {
        "the first page": {},
        **{f"by {order}": {"sort": order} for order in get_args(Order)},
        **{f"by {order}, backwards": {"sort": order, "descending": True} for order in get_args(Order)},
        "the thousandth page": {"page": 1000},
        "with consent": {"consent": "granted"},
        "of a federal state": {"region": "DE7"},
        "with every detail": {"complete": True},
        "without": {"complete": False},
        "of a name that some have": {"text": "Person 7123"},
        "of two words that nobody has": {"text": "Zwiebel fisch"},
        "of an e-mail address": {"text": "71234@example.org"},
    },
}
TABLES = (
    "participant",
    "household",
    "address",
    "location",
    "consent",
    "measurement_device",
    "certificate",
    "meter",
    "pv_system",
    "measurement",
    "incident",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Seconds, in the median."""

    name: str
    seconds: dict[str, float]
    promised: float = PROMISED

    def lines(self) -> list[str]:
        return [self.name] + [
            f"  {what:<44} {seconds * 1000:9.1f} ms   {seconds / self.promised:6.2f} of what is promised for a page"
            for what, seconds in self.seconds.items()
        ]


def rows(table: str, number: int) -> list[dict[str, Any]]:
    """What a household with one device and two meters is made of; one in a hundred is not well."""
    ids = [UUID(int=(kind << 64) + number) for kind in range(8)]
    person, household, device, *meters, opened = ids[1], ids[2], ids[3], ids[4], ids[5], ids[6]
    away = timedelta(days=2) if number % 500 == 0 else timedelta(minutes=number % 60)
    given: dict[str, list[dict[str, Any]]] = {
        "participant": [{"uuid": person, "name": f"Person {number}", "email": f"{number}@example.org"}],
        "household": [
            {"uuid": household, "participant": person, "registered_at": NOW - timedelta(days=90)}
            | {"children": 0, "adults": 1, "employed_adults": 1}
            | {"ev_charger": False, "heat_pump": False, "home_battery": False}
        ],
        "address": [
            {"household": household, "street": "Musterweg", "house_number": str(number % 90), "country": "DE"}
            | {"postal_code": f"{number:05}", "city": f"Musterstadt {number % 1000}"}
        ],
        "location": [
            {"household": household, "latitude": 50.0, "longitude": 8.0, "precision": "house"}
            | {"region": f"DE{number % 10}{number % 3}{number % 5}"}
        ],
        "consent": [{"household": household, "state": "granted", "granted_at": NOW - timedelta(days=60)}],
        "measurement_device": [
            {"uuid": device, "household": household, "position": 0, "name": "cellar", "last_active_at": NOW - away}
            | {"versions": '{"zaehlwerk-edge":"0.1.0","python":"3.11.2"}', "buffered": number % 5}
        ],
        "certificate": [
            {"serial": f"{number:x}", "measurement_device": device, "issued_at": NOW - timedelta(days=10)}
            | {"not_after": NOW + timedelta(days=80)}
        ],
        "meter": [
            {"uuid": meter, "household": household, "position": place, "type": "ELECTRICITY"}
            | {"model_number": "MT681", "measurement_device": device}
            for place, meter in enumerate(meters)
        ],
        "pv_system": [
            {"uuid": ids[7], "household": household, "position": 0, "meter": meters[1], "nominal_power": 9.8}
            | {"azimuth": 180, "tilt": 35, "installation_date": NOW.date()}
        ],
        "measurement": [
            {"household": household, "meter": meter, "time": NOW - timedelta(minutes=15 * back), "data": "[]"}
            for meter in meters
            for back in range(8)
        ],
        "incident": [
            {"household": household, "uuid": opened, "meter": meters[0], "kind": "SERIAL-PORT-UNAVAILABLE"}
            | {"opened_at": NOW - timedelta(days=1), "reported_at": NOW}
        ]
        if number % 100 == 7
        else [],
    }
    return given[table]


async def seed(connection: AsyncConnection) -> None:
    for table in TABLES:
        for first in range(1, DEVICES, 10_000):
            some = [row for number in range(first, first + 10_000) for row in rows(table, number)]
            await connection.execute(insert(schema.metadata.tables[table]), some)


async def timed(do: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        await do()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


async def measure(place: Place, name: str) -> Pages:
    async with Database.open(place) as database:
        async with database.write() as connection:
            await seed(connection)

        async def look() -> None:
            async with database.write() as connection:
                await silence.begin(connection, now=NOW)
                await silence.end(connection, now=NOW)

        async def devices(**wanted: Any) -> None:
            async with database.read() as connection:
                await standing.totals(connection)
                await status.page(connection, wire.StatusQuery(**wanted))

        async def households(**wanted: Any) -> None:
            async with database.read() as connection:
                _, found = await register.page(connection, wire.RegisterQuery(**wanted))
                if found is None:
                    await register.total(connection, wire.RegisterQuery(**wanted))

        async def assess() -> None:
            await standing.assess(database, now=NOW)

        seconds = {
            "look for silent ones, the first time": await timed(look, 1),
            "assess them all, the first time": await timed(assess, 1),
            "look for silent ones": await timed(look),
            "assess them all": await timed(assess),
        }
        for what, ask in (("devices", devices), ("households", households)):
            for words, wanted in ASKED[what].items():
                seconds[f"{what}: {words}"] = await timed(partial(ask, **wanted))
        return Pages(name=f"{DEVICES} households with a device each, on {name}", seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The same on each database."""

    databases: list[Pages]

    def lines(self) -> list[str]:
        return [line for pages in self.databases for line in pages.lines()]


def run() -> Lists:
    with tempfile.TemporaryDirectory() as folder, postgres(SERVER) as server:
        return Lists(
            databases=[
                asyncio.run(measure(Path(folder) / "cloud.db", "SQLite")),
                asyncio.run(measure(server.fresh(), "PostgreSQL")),
            ]
        )
