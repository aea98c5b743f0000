"""Many households at once, as quickly as a database takes them: not one by one through the door."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store import schema
from cloud_api.store.database import Database
from cloud_api.store.moments import to_micros

TOGETHER = 25_000
SLOTS = 365 * 96
QUARTER = timedelta(minutes=15)
YEAR = """
    WITH RECURSIVE slot(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM slot WHERE n < {last})
    INSERT INTO measurement
    SELECT {household}, {meter}, {begin} + n * {quarter}, '[{{"0100010800ff":'
        || (10000 + n) || '.2}},{{"0100020800ff":' || (5000 + n) || '.1}},{{"0100100700ff":-0.431}}]'
    FROM slot
"""


async def households(database: Database, count: int) -> list[UUID]:
    """So many households with a device and two meters each; the meters' numbers follow from the household's."""
    made: list[UUID] = []
    while len(made) < count:
        uuids = [uuid4() for _ in range(min(TOGETHER, count - len(made)))]
        async with database.write() as connection:
            await _add(connection, uuids)
        made += uuids
    return made


def part(household: UUID, number: int) -> UUID:
    """The uuid of a household's device (0) or of one of its meters (1 and 2)."""
    return UUID(int=household.int ^ (number + 1))


async def _add(connection: AsyncConnection, uuids: list[UUID]) -> None:
    now = datetime.now(UTC)
    people = [{"uuid": part(uuid, 8), "name": "Max Muster", "email": f"{uuid.hex}@example.org"} for uuid in uuids]
    await connection.execute(insert(schema.participant), people)
    counts = {"children": 1, "adults": 2, "employed_adults": 1}
    things = {"ev_charger": True, "heat_pump": False, "home_battery": True}
    await connection.execute(
        insert(schema.household),
        [{"uuid": uuid, "participant": part(uuid, 8), "registered_at": now, **counts, **things} for uuid in uuids],
    )
    address = {
        "street": "Musterweg",
        "house_number": "4a",
        "postal_code": "65195",
        "city": "Wiesbaden",
        "country": "DE",
    }
    await connection.execute(insert(schema.address), [{"household": uuid, **address} for uuid in uuids])
    granted = {"state": "granted", "granted_at": now - timedelta(days=366), "text_version": "2026-11"}
    await connection.execute(insert(schema.consent), [{"household": uuid, **granted} for uuid in uuids])
    point = {"latitude": 50.08, "longitude": 8.24, "precision": "manual", "region": "DE714"}
    await connection.execute(insert(schema.location), [{"household": uuid, **point} for uuid in uuids])
    await connection.execute(
        insert(schema.measurement_device),
        [{"uuid": part(uuid, 0), "household": uuid, "position": 0, "name": "cellar"} for uuid in uuids],
    )
    meters = ((1, "ELECTRICITY", "MT681"), (2, "PV-GENERATION", "EHZ"))
    await connection.execute(
        insert(schema.meter),
        [
            {
                "uuid": part(uuid, number),
                "household": uuid,
                "position": number - 1,
                "type": kind,
                "model_number": model,
                "measurement_device": part(uuid, 0),
            }
            for uuid in uuids
            for number, kind, model in meters
        ],
    )
    plant = {"position": 0, "nominal_power": 9.8, "azimuth": 180, "tilt": 35, "installation_date": now.date()}
    await connection.execute(
        insert(schema.pv_system),
        [{"uuid": part(uuid, 9), "household": uuid, "meter": part(uuid, 2), **plant} for uuid in uuids],
    )


async def years(database: Database, uuids: list[UUID]) -> None:
    """A year of measurements, up to now, for both meters of these households."""
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - SLOTS * QUARTER
    for household in uuids:
        async with database.write() as connection:
            server = connection.dialect.name == "postgresql"
            for number in (1, 2):
                meter = part(household, number)
                text = YEAR.format(
                    last=SLOTS - 1,
                    household=f"'{household}'::uuid" if server else f"'{household.hex}'",
                    meter=f"'{meter}'::uuid" if server else f"'{meter.hex}'",
                    begin=to_micros(begin),
                    quarter=QUARTER // timedelta(microseconds=1),
                )
                await connection.exec_driver_sql(text)
