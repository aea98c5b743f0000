"""A real device side before a real cloud."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from edge_app import config
from edge_app.clock import Synchrony, SystemClock
from edge_app.config import CloudConfig
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, POWER
from edge_app.model.slot import Grid
from edge_app.store import Store
from edge_app.sync.client import CloudClient
from tests.cloud.running import Cloud, running_cloud


@dataclass(frozen=True, kw_only=True)
class Home:
    """A household as the cloud registered it, and the folder of its device."""

    household: dict[str, Any]
    folder: Path

    @property
    def device(self) -> UUID:
        return UUID(self.household["measurement_devices"][0]["uuid"])

    @property
    def meter(self) -> UUID:
        return UUID(self.household["meters"][0]["uuid"])

    @property
    def config(self) -> CloudConfig:
        return config.load(self.folder).cloud

    def measurement(self, slots_ago: int, *, meter: UUID | None = None) -> Measurement:
        """What the meter said in one of the last quarters of an hour."""
        slot = Grid().slot(SystemClock().now()) - slots_ago * timedelta(minutes=15)
        energy = Decimal(f"10234.74{slots_ago % 100:02}0")
        return Measurement(
            meter=meter or self.meter,
            slot=slot,
            time=slot + timedelta(microseconds=slots_ago),
            data={ENERGY_IN: energy, POWER: Decimal("-0.431")},
        )


@asynccontextmanager
async def connected(config: CloudConfig, *, synchrony: Synchrony | None = None) -> AsyncIterator[CloudClient]:
    if synchrony is None:  # one that is given may be false
        synchrony = Synchrony(trusted=True)
    async with CloudClient.open(config, clock=SystemClock(), synchrony=synchrony) as client:
        yield client


async def held(cloud: Cloud, home: Home) -> list[tuple[datetime, list[dict[str, Decimal]]]]:
    """What the cloud holds of the meter, oldest first."""
    found = []
    cursor: dict[str, str] = {}
    async with cloud.device(home.folder) as session:
        while True:
            path = f"/household/meter/{home.meter}/measurement"
            async with session.get(path, params={"limit": "1000", **cursor}) as answer:
                page = json.loads(await answer.text(), parse_float=Decimal)
            found += [(datetime.fromisoformat(each["time"]), each["data"]) for each in page["measurements"]]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Cloud]:
    async with running_cloud(tmp_path / "cloud") as cloud:
        yield cloud


@pytest.fixture
async def home(cloud: Cloud, tmp_path: Path) -> Home:
    household = await cloud.add_household()
    folder = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "device")
    return Home(household=household, folder=folder)


@pytest.fixture
async def client(home: Home) -> AsyncIterator[CloudClient]:
    async with connected(home.config) as client:
        yield client


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        yield store
