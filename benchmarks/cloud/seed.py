"""Many households at once, as quickly as a database takes them: not one by one through the door."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, MetaData, Table, Uuid, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store import schema
from cloud_api.store.database import Database
from cloud_api.store.moments import to_micros

SLOTS = 365 * 96
QUARTER = timedelta(minutes=15)
YEAR = """
    WITH RECURSIVE slot(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM slot WHERE n < {last})
    INSERT INTO measurement
    SELECT {household}, {meter}, {begin} + n * CAST({quarter} AS bigint) + {odd} * 1000, '[{{"0100010800ff":'
        || ({base} + n) || '.' || (1000 + {odd}) || '}},{{"0100020800ff":' || (5000 + n) || '.' || (1000 + {odd} / 2)
        || '}},{{"0100100700ff":-0.' || (100 + {odd}) || '}}]'
    FROM slot
"""
ODD = "((n * 7919 + {base}) % 1999)"
"""Milliseconds into the slot, and digits: as uneven as those of a meter, which a file cannot take together."""
PARTS = ("household", "device", "electricity", "generation", "plant", "person")
FRESH = Table("fresh", MetaData(), *(Column(name, Uuid) for name in PARTS), prefixes=["TEMPORARY"])
"""Households that are being added, with the uuids of all that hangs on each."""
AT_RANDOM = {
    "postgresql": "INSERT INTO fresh SELECT {each} FROM generate_series(1, {count})".format(
        each=", ".join("gen_random_uuid()" for _ in PARTS), count="{count}"
    ),
    "sqlite": "WITH RECURSIVE line(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM line WHERE n < {count}) "
    "INSERT INTO fresh SELECT {each} FROM line".format(
        each=", ".join("lower(hex(randomblob(16)))" for _ in PARTS), count="{count}"
    ),
}
"""Made within the database, which is quicker by far than carrying them there."""


async def households(database: Database, count: int) -> list[UUID]:
    """So many households with a device and two meters each; the meters' numbers follow from the household's."""
    made = [uuid4() for _ in range(count)]
    async with database.write() as connection:
        await connection.run_sync(FRESH.create)
        await connection.execute(
            insert(FRESH), [{name: part(uuid, number - 1) for number, name in enumerate(PARTS)} for uuid in made]
        )
        await _add(connection)
    return made


async def strangers(database: Database, count: int) -> None:
    """So many households more, of which nobody knows the uuids."""
    async with database.write() as connection:
        await connection.run_sync(FRESH.create)
        await connection.exec_driver_sql(AT_RANDOM[connection.dialect.name].format(count=count))
        await _add(connection)


def part(household: UUID, number: int) -> UUID:
    """The uuid of a household's device (0), of one of its meters (1 and 2), or of something else that hangs on it."""
    return UUID(int=household.int ^ (number + 1))


async def _add(connection: AsyncConnection) -> None:
    """Register what lies in `FRESH`."""
    now = datetime.now(UTC)
    fresh = FRESH.c

    async def add(table: Table, **columns: Any) -> None:
        values = {
            name: value if isinstance(value, Column) else literal(value, table.c[name].type)
            for name, value in columns.items()
        }
        await connection.execute(insert(table).from_select(list(values), select(*values.values())))

    await add(schema.participant, uuid=fresh.person, name="Max Muster", email=fresh.person)
    people = {"children": 1, "adults": 2, "employed_adults": 1}
    things = {"ev_charger": True, "heat_pump": False, "home_battery": True}
    await add(schema.household, uuid=fresh.household, participant=fresh.person, registered_at=now, **people, **things)
    place = {"street": "Musterweg", "house_number": "4a", "postal_code": "65195", "city": "Wiesbaden", "country": "DE"}
    await add(schema.address, household=fresh.household, **place)
    granted = {"state": "granted", "granted_at": now - timedelta(days=366), "text_version": "2026-11"}
    await add(schema.consent, household=fresh.household, **granted)
    point = {"latitude": 50.08, "longitude": 8.24, "precision": "manual", "region": "DE714"}
    await add(schema.location, household=fresh.household, **point)
    await add(schema.measurement_device, uuid=fresh.device, household=fresh.household, position=0, name="cellar")
    for position, uuid, kind, model in (
        (0, fresh.electricity, "ELECTRICITY", "MT681"),
        (1, fresh.generation, "PV-GENERATION", "EHZ"),
    ):
        await add(
            schema.meter,
            uuid=uuid,
            household=fresh.household,
            position=position,
            type=kind,
            model_number=model,
            measurement_device=fresh.device,
        )
    plant = {"position": 0, "nominal_power": 9.8, "azimuth": 180, "tilt": 35, "installation_date": now.date()}
    await add(schema.pv_system, uuid=fresh.plant, household=fresh.household, meter=fresh.generation, **plant)
    await connection.run_sync(FRESH.drop)


async def years(database: Database, uuids: list[UUID]) -> None:
    """A year of measurements, up to now, for both meters of these households."""
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - SLOTS * QUARTER
    for household in uuids:
        async with database.write() as connection:
            server = connection.dialect.name == "postgresql"
            for number in (1, 2):
                meter = part(household, number)
                base = 10_000 + meter.int % 90_000
                text = YEAR.format(
                    base=base,
                    odd=ODD.format(base=base),
                    last=SLOTS - 1,
                    household=f"'{household}'::uuid" if server else f"'{household.hex}'",
                    meter=f"'{meter}'::uuid" if server else f"'{meter.hex}'",
                    begin=to_micros(begin),
                    quarter=QUARTER // timedelta(microseconds=1),
                )
                await connection.exec_driver_sql(text)
