"""A cloud to be measured: its folder, households whose consent stands, and a bundle for each."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from benchmarks.cloud.load import Speaker
from cloud_api import wire
from cloud_api.clock import SystemClock
from cloud_api.folder import bundle, making
from cloud_api.folder.layout import DataFolder
from cloud_api.store import consents, households
from cloud_api.store.database import Database
from cloud_api.store.place import Place, Server
from cloud_api.store.registering import register
from cloud_api.wire import json_exact
from tests.cloud.running import fresh_draft


async def set_up(folder: DataFolder, place: Place) -> None:
    await making.init(folder, names=[], database=place, clock=SystemClock())


async def speakers(folder: DataFolder, place: Place, count: int) -> list[Speaker]:
    """So many devices with two meters each, each in a household of its own."""
    async with Database.open(place) as database:
        return [await _speaker(folder, database) for _ in range(count)]


async def _speaker(folder: DataFolder, database: Database) -> Speaker:
    draft = json_exact.decode(json_exact.encode(fresh_draft(location=None)), wire.HouseholdDraft)
    now = datetime.now(UTC)
    async with database.write() as connection:
        uuid = await register(connection, draft, placed=None, at=now)
        await consents.grant(connection, uuid, text_version="2026-11", text_sha256="0" * 64, at=now)
        household = await households.whole(connection, uuid)
    out = await provide(folder, database, household.measurement_devices[0].uuid)
    first, second = (str(meter.uuid) for meter in household.meters)
    return Speaker(bundle=str(out), household=str(uuid), meters=(first, second))


async def provide(folder: DataFolder, database: Database, device: UUID) -> Path:
    """The bundle of a device, in the folder of the cloud."""
    out = folder.path / "bundles" / str(device)
    await bundle.provision(
        folder, device, out, url="https://localhost", ports={}, database=database, clock=SystemClock()
    )
    return out


def url_of(place: Place) -> str:
    return place.url if isinstance(place, Server) else f"sqlite:///{place}"
