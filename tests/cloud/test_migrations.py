"""Migrations go up and down on both databases, empty and with data, and end at the tables of the schema."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store import measurements, schema, upgrade
from cloud_api.store.database import Database
from cloud_api.store.measurements import Row
from cloud_api.store.place import Place, Server
from cloud_api.store.schema import measurement, metadata
from tests.cloud.running import Cloud, draft

pytestmark = [
    pytest.mark.both_databases,
    # Alembic cannot compare that one; test_database tries what it is for
    pytest.mark.filterwarnings("ignore:.*expression-based index.*participant_email"),
]
TIMES = [datetime(year, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC) for year in (2024, 2025, 2026)]
ROWS = [Row(UUID(int=1), UUID(int=2), time, "[]") for time in TIMES]


def migrate(connection: Connection, revision: str) -> None:
    config = upgrade.config(connection)
    go = command.downgrade if revision == "base" or int(revision) < int(at(connection) or 0) else command.upgrade
    go(config, revision)


def at(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    script = ScriptDirectory(str(upgrade.MIGRATIONS))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def test_there_is_one_newest_migration() -> None:
    assert ScriptDirectory(str(upgrade.MIGRATIONS)).get_heads() == revisions()[-1:]


async def test_the_migrations_make_the_tables_of_the_schema(place: Place) -> None:
    def differences(connection: Connection) -> list[object]:
        def ours(name: str | None, kind: str, _parents: object) -> bool:
            return not (kind == "table" and name and name.startswith("measurement_2")) and name != "measurement_rest"

        return list(compare_metadata(MigrationContext.configure(connection, opts={"include_name": ours}), metadata))

    async with Database.open(place) as database, database.write() as connection:
        assert await connection.run_sync(differences) == []


async def test_each_migration_goes_down_and_up_again(place: Place) -> None:
    async with Database.open(place) as database:
        for revision in [*reversed(revisions()[:-1]), "base", *revisions()]:
            async with database._engine.migrating() as connection:
                await connection.run_sync(migrate, revision)
                found = await connection.run_sync(at)
                assert found == (None if revision == "base" else revision)
        async with database.read() as connection:
            assert set(await tables(connection)) >= set(metadata.tables)


async def tables(connection: AsyncConnection) -> list[str]:
    return await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def test_data_live_through_every_migration_down_to_the_first_and_up(cloud: Cloud) -> None:
    household = await cloud.add_household(draft(pv_systems=[]))
    async with cloud.database() as database:
        async with database.write() as connection:
            assert len(await connection.run_sync(measurements.add, ROWS)) == len(ROWS)
        for revision in [*reversed(revisions()[:-1]), *revisions()[1:]]:
            async with database._engine.migrating() as connection:
                await connection.run_sync(migrate, revision)
                assert await stored(connection) == TIMES
                names = MetaData()
                await connection.run_sync(names.reflect, only=["household"])
                uuids = (await connection.execute(select(names.tables["household"].c.uuid))).scalars().all()
                assert [UUID(str(uuid)) for uuid in uuids] == [UUID(household["uuid"])]
        async with database.read() as connection:
            region_and_plant = await connection.scalar(select(schema.household.c.lacking_details))
            assert region_and_plant == 2


async def stored(connection: AsyncConnection) -> list[datetime]:
    return list(await connection.scalars(select(measurement.c.time).order_by(measurement.c.time)))


async def test_of_rows_that_are_there_none_is_added_again(place: Place) -> None:
    async with Database.open(place) as database, database.write() as connection:
        assert await connection.run_sync(measurements.add, []) == set()
        assert await connection.run_sync(measurements.add, ROWS[:2]) == {row.key for row in ROWS[:2]}
        assert await connection.run_sync(measurements.add, ROWS) == {ROWS[2].key}
        assert await connection.scalar(select(func.count()).select_from(measurement)) == len(ROWS)


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
async def test_months_that_hold_data_get_their_tables_when_a_server_s_database_is_divided(place: Server) -> None:
    async with Database.open(place) as database, database._engine.migrating() as connection:
        await connection.run_sync(migrate, revisions()[0])
        await connection.run_sync(measurements.add, ROWS[1:])
        await connection.run_sync(migrate, revisions()[-1])
        query = select(func.count()).select_from(measurement)
        assert await connection.scalar(query) == 2
        names = [name for name in await tables(connection) if name.startswith("measurement_2")]
    assert [*names[:1], *names[-1:], len(names)] == ["measurement_2025_05", "measurement_2026_05", 13]
