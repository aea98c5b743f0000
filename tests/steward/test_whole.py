"""The whole device before a real cloud, and a locked meter in a hurry: what it tries, keeps, and tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from edge_app import app, config
from edge_app.model.obis import POWER, Obis
from edge_app.store import Store, measurements, pins
from edge_app.store.vault import Vault
from edge_app.sync import incidents
from tests.cloud.running import Cloud, running_cloud
from tests.unlock.test_command import PIN, meter
from tests.wire.conftest import connected

PATIENCE = 60.0
SETTINGS = """
[schedule]
interval = 1
clock = "trusted"

[unlock]
after = 1

[[meter]]
uuid = "{uuid}"
model = "HASTY"
port = "{port}"
"""


@asynccontextmanager
async def device(cloud: Cloud, folder: Path, pin: str) -> AsyncIterator[UUID]:
    """A device at work, with this PIN for its one meter and with consent."""
    household = await cloud.add_household()
    await cloud.provision(household["measurement_devices"][0]["uuid"], folder)
    uuid = UUID(household["meters"][0]["uuid"])
    settings = folder / "edge.toml"
    kept = settings.read_text().partition("[[meter]]")[0]
    kept = kept.replace("[pages]\n", '[pages]\nhost = "127.0.0.1"\nport = 0\nannounce = false\n')
    settings.write_text(kept + SETTINGS.format(uuid=uuid, port=folder / "meter"))
    async with Store.open(folder / "edge.db", ballast=4096) as store:
        await store.run(pins.keep, Vault.beside(folder / "edge.db"), uuid, pin)
    async with connected(config.load(folder).cloud) as client:
        await client.grant("2026-11")
    serving = asyncio.create_task(app.serve(config.load(folder)))
    try:
        yield uuid
    finally:
        serving.cancel()
        await asyncio.wait([serving])


async def listed(cloud: Cloud, folder: Path, uuid: UUID) -> list[dict[str, Any]]:
    async with cloud.device(folder) as session, session.get(f"/household/meter/{uuid}/incident") as answer:
        found: list[dict[str, Any]] = (await answer.json())["incidents"]
        return found


async def newest(store: Store) -> set[Obis]:
    """The registers of the newest measurement."""
    return {code for measurement in (await store.run(measurements.latest)).values() for code in measurement.data}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incidents, "EVERY", 0.5)
    monkeypatch.setattr("edge_app.metering.unlock.steward.EVERY", 0.5)


async def test_a_locked_meter_shows_its_power_in_the_measurements_that_follow(tmp_path: Path) -> None:
    folder = tmp_path / "device"
    async with running_cloud(tmp_path / "cloud") as cloud:
        folder.mkdir()
        async with meter(folder), device(cloud, folder, PIN) as uuid:
            async with Store.open(folder / "edge.db", ballast=4096) as store, asyncio.timeout(PATIENCE):
                while POWER not in await newest(store):  # noqa: ASYNC110  # another task keeps it, and sets no event
                    await asyncio.sleep(0.2)
            assert await listed(cloud, folder, uuid) == []


async def test_a_wrong_pin_is_an_incident_in_the_cloud(tmp_path: Path) -> None:
    folder = tmp_path / "device"
    async with running_cloud(tmp_path / "cloud") as cloud:
        folder.mkdir()
        async with meter(folder), device(cloud, folder, "1112") as uuid, asyncio.timeout(PATIENCE):
            while not (found := await listed(cloud, folder, uuid)):  # noqa: ASYNC110  # the cloud sets no event
                await asyncio.sleep(0.2)
    (incident,) = found
    assert (incident["kind"], incident["cause"]) == ("OBIS-CODES-UNAVAILABLE", "refused")
    assert "1112" not in incident["detail"]
