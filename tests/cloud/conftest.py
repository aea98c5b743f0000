"""What the cloud's tests begin with."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from cloud_api.clock import SystemClock
from cloud_api.folder import making
from cloud_api.folder.layout import DataFolder
from cloud_api.store.place import Place, Server
from tests.cloud.postgres import Postgres, postgres
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


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where the database is: a file, and in modules that are marked `both_databases` a server's too.

    It is empty, unless a test begins with a cloud.
    """
    begun = "cloud" in request.fixturenames
    if begun:
        shutil.copytree(request.getfixturevalue("made"), tmp_path / "cloud")
    else:
        (tmp_path / "cloud").mkdir()
    if getattr(request, "param", "sqlite") == "sqlite":
        return tmp_path / "cloud" / "cloud.db"
    running: Postgres = request.getfixturevalue("server")
    return running.fresh(request.getfixturevalue("filled") if begun else None)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `init` makes it, made once and copied for every test that begins with a cloud."""
    folder = DataFolder(tmp_path_factory.mktemp("made") / "cloud")
    with asyncio.Runner() as runner:
        runner.run(making.init(folder, names=[], database=folder.database, clock=SystemClock()))
    return folder.path


@pytest.fixture(scope="session")
def filled(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A database on PostgreSQL as `init` makes it, likewise."""
    place = server.fresh()
    with asyncio.Runner() as runner:
        folder = DataFolder(tmp_path_factory.mktemp("filled"))
        runner.run(making.init(folder, names=[], database=place, clock=SystemClock()))
    return place


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: what needs a database runs on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    given = any("place" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "place" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases") and not given:
        metafunc.parametrize("place", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
async def cloud(tmp_path: Path, clock: HandClock, place: Place) -> AsyncIterator[Cloud]:
    async with running_cloud(tmp_path / "cloud", clock=clock, place=place) as running:
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
