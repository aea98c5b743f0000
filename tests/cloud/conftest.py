"""What the cloud's tests begin with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.cloud.running import Cloud, HandClock, draft, running_cloud


@dataclass(kw_only=True)
class Home:
    """A household with a device that has its bundle."""

    household: dict[str, Any]
    bundle: Path
    client: ClientSession

    @property
    def meter(self) -> str:
        uuid: str = self.household["meters"][0]["uuid"]
        return uuid

    @property
    def device(self) -> str:
        uuid: str = self.household["measurement_devices"][0]["uuid"]
        return uuid


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def cloud(tmp_path: Path, clock: HandClock) -> AsyncIterator[Cloud]:
    async with running_cloud(tmp_path / "cloud", clock=clock) as running:
        yield running


@pytest.fixture
async def home(cloud: Cloud, tmp_path: Path) -> AsyncIterator[Home]:
    """A household whose consent is not granted yet."""
    household = await cloud.add_household(draft())
    bundle = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "bundle")
    async with cloud.device(bundle) as client:
        yield Home(household=household, bundle=bundle, client=client)


@pytest.fixture
async def granted(home: Home) -> Home:
    """The same household, once its participant has granted consent."""
    async with home.client.post("/household/consent") as answer:
        assert answer.status == 201
    return home
