"""What the cloud's tests begin with."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from cloud_api.store.place import Place, Server
from tests.cloud.postgres import Postgres, postgres
from tests.cloud.running import Cloud, HandClock, draft, running_cloud

HOUSEHOLD, BUNDLE = "household.json", "bundle"


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

    It is empty, unless a test begins with a cloud: then folder and database are copies of what was made once, for a
    test that begins at home with the household of the home.
    """
    kind = getattr(request, "param", "sqlite")
    server: Postgres | None = request.getfixturevalue("server") if kind == "postgresql" else None
    begun = None
    if "cloud" in request.fixturenames:
        begun = _beginning(request, server, household="home" in request.fixturenames)
        shutil.copytree(begun.folder, tmp_path, dirs_exist_ok=True)
    else:
        (tmp_path / "cloud").mkdir()
    if server:
        return server.fresh(begun.place if begun else None)
    return tmp_path / "cloud" / "cloud.db"


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What many tests begin with: a data folder, the household and its bundle beside it, and the database."""

    folder: Path
    place: Server | None


BEGINNINGS = pytest.StashKey[dict[tuple[Path | None, bool], Beginning]]()


def _beginning(request: pytest.FixtureRequest, server: Postgres | None, *, household: bool) -> Beginning:
    """Made by a cloud that ran for a moment, once in a session for each server: packages of tests have their own."""
    known = request.config.stash.setdefault(BEGINNINGS, {})
    key = (server.folder if server else None, household)
    if key not in known:
        factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        begun = Beginning(folder=factory.mktemp("begun"), place=server.fresh() if server else None)
        with asyncio.Runner() as runner:
            runner.run(_begin(begun, household=household))
        known[key] = begun
    return known[key]


async def _begin(begun: Beginning, *, household: bool) -> None:
    async with running_cloud(begun.folder / "cloud", place=begun.place) as cloud:
        if household:
            document = await cloud.add_household(draft())
            (begun.folder / HOUSEHOLD).write_text(json.dumps(document))
            await cloud.provision(document["measurement_devices"][0]["uuid"], begun.folder / BUNDLE)


DATABASES = {"both_databases": ["sqlite", "postgresql"], "on_postgresql": ["postgresql"]}
"""Marks of modules and tests, and on which databases they run; without one, on SQLite."""


def pytest_configure(config: pytest.Config) -> None:
    for mark, kinds in DATABASES.items():
        config.addinivalue_line("markers", f"{mark}: what needs a database runs on {' and '.join(kinds)}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    given = any("place" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "place" in metafunc.fixturenames and not given:
        for mark, kinds in DATABASES.items():
            if metafunc.definition.get_closest_marker(mark):
                metafunc.parametrize("place", kinds, indirect=True)


@pytest.fixture
async def cloud(tmp_path: Path, clock: HandClock, place: Place) -> AsyncIterator[Cloud]:
    async with running_cloud(tmp_path / "cloud", clock=clock, place=place) as running:
        yield running


@pytest.fixture
async def home(cloud: Cloud, tmp_path: Path) -> AsyncIterator[Home]:
    """A household whose consent is not granted yet."""
    household, bundle = json.loads((tmp_path / HOUSEHOLD).read_text()), tmp_path / BUNDLE
    async with cloud.device(bundle) as client:
        yield Home(household=household, bundle=bundle, client=client)


@pytest.fixture
async def granted(home: Home) -> Home:
    """The same household, once its participant has granted consent."""
    async with home.client.post("/household/consent") as answer:
        assert answer.status == 201
    return home
