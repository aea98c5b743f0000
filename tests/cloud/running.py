"""A cloud to run against: on free ports of the loopback, with households and bundles, in this process or beside it."""

import asyncio
import copy
import json
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from cloud_api import app, wire
from cloud_api.access import proxies
from cloud_api.access.shared_secrets import Group
from cloud_api.clock import Clock, SystemClock
from cloud_api.folder import bundle, making
from cloud_api.folder.layout import DataFolder, Listening
from cloud_api.store import households
from cloud_api.store.database import Database
from cloud_api.store.locations import Placed
from cloud_api.store.place import Place, Server
from cloud_api.store.registering import register
from cloud_api.wire import json_exact

MANY = 1_000_000
"""Uploads an hour for tests that are not about their number."""

DRAFT: dict[str, Any] = {
    "participant": {"name": "Erika Mustermann", "email": "erika@example.org"},
    "address": {
        "street": "Musterweg",
        "house_number": "4a",
        "postal_code": "65195",
        "city": "Wiesbaden",
        "country": "DE",
    },
    "location": {"latitude": 50.08, "longitude": 8.24},
    "metadata": {
        "children": 2,
        "adults": 2,
        "employed_adults": 1,
        "ev_charger": True,
        "heat_pump": False,
        "home_battery": True,
    },
    "measurement_devices": [{"name": "cellar"}],
    "meters": [
        {"type": "ELECTRICITY", "model_number": "MT681", "measurement_device": 0},
        {"type": "PV-GENERATION", "model_number": "EHZ", "measurement_device": 0},
    ],
    "pv_systems": [{"nominal_power": 9.8, "azimuth": 180, "tilt": 35, "installation_date": "2012-06-15", "meter": 1}],
}


class HandClock:
    """A clock that goes when it is moved; it begins at the true time, which TLS goes by."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime.now(UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


def draft(**changes: Any) -> dict[str, Any]:
    """A household as it is registered, with other parts where they are given; None leaves one out."""
    return {name: part for name, part in (copy.deepcopy(DRAFT) | changes).items() if part is not None}


def fresh_draft(**changes: Any) -> dict[str, Any]:
    """The same, of a participant who is not registered yet."""
    return draft(**{"participant": {"name": "Max Muster", "email": f"max-{uuid4().hex}@example.org"}} | changes)


@dataclass(kw_only=True)
class Cloud:
    """A running cloud, and what its administrator could do."""

    folder: DataFolder
    clock: Clock
    listening: Listening
    place: Place
    settings: app.Settings
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def url(self) -> str:
        """Of the device port."""
        return self.listening.device.at("localhost")

    @property
    def pages_url(self) -> str:
        return self.listening.pages.at("localhost")

    @property
    def options(self) -> tuple[str, ...]:
        """What a command is told to use the same database."""
        return ("--database", self.place.url if isinstance(self.place, Server) else f"sqlite:///{self.place}")

    def secret(self, group: Group = Group.RESEARCHER) -> str:
        return (self.folder.secrets / group).read_text()

    async def add_household(self, document: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Register a household (another participant's each time, unless a document is given); what the 201 says."""
        message = json_exact.decode(json.dumps(document or fresh_draft()).encode(), wire.HouseholdDraft)
        async with self.database() as database, database.write() as connection:
            placed = Placed.by_hand(message.location) if message.location else None
            uuid = await register(connection, message, placed=placed, at=self.clock.now())
            found: dict[str, Any] = json.loads(json_exact.encode(await households.whole(connection, uuid)))
            return found

    async def provision(
        self, device: UUID | str, out: Path, *, ports: Mapping[UUID, str] | None = None, clock: Clock | None = None
    ) -> Path:
        """Write a bundle for a measurement device; its folder."""
        async with self.database() as database:
            await bundle.provision(
                self.folder,
                UUID(str(device)),
                out,
                url=self.url,
                ports=ports or {},
                database=database,
                clock=clock or SystemClock(),
            )
        return out

    @asynccontextmanager
    async def device(self, bundle_folder: Path) -> AsyncIterator[ClientSession]:
        """Speak as a device, with its bundle."""
        async with session(self.url, self.folder.ca, bundle_folder) as client:
            yield client

    @asynccontextmanager
    async def stranger(self) -> AsyncIterator[ClientSession]:
        """Speak to the device port without a certificate."""
        async with session(self.url, self.folder.ca) as client:
            yield client

    @asynccontextmanager
    async def people(self, group: Group | None = Group.RESEARCHER) -> AsyncIterator[ClientSession]:
        """Speak to the pages port, with the secret of a group or with none."""
        async with session(self.pages_url, self.folder.ca) as client:
            if group:
                client.headers["Authorization"] = f"Bearer {self.secret(group)}"
            yield client

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The cloud's database, through a door of its own."""
        async with Database.open(self.place) as database:
            yield database

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Nobody listens while the block lasts; afterwards the cloud is back at the same address."""
        await self._stack.aclose()
        try:
            yield
        finally:
            await self._listen(self.listening.device.port, self.listening.pages.port)

    async def _listen(self, port: int, pages_port: int) -> None:
        settings = replace(self.settings, port=port, pages_port=pages_port)
        self.listening = await self._stack.enter_async_context(app.serving(settings, clock=self.clock))


@asynccontextmanager
async def running_cloud(
    folder: Path,
    *,
    clock: Clock | None = None,
    place: Place | None = None,
    uploads_an_hour: int = MANY,
    proxy: str | None = None,
) -> AsyncIterator[Cloud]:
    """A cloud in this process, on free ports, with its data in the folder, and its database there or elsewhere."""
    data = DataFolder(folder)
    place = place or data.database
    clock = clock or SystemClock()
    await making.init(data, names=[], database=place, clock=SystemClock())
    settings = app.Settings(
        folder=data,
        database=place,
        port=0,
        pages_port=0,
        uploads_an_hour=uploads_an_hour,
        requests_a_minute=MANY,
        proxies=proxies.named((proxy,) if proxy else ()),
    )
    async with AsyncExitStack() as stack:
        listening = await stack.enter_async_context(app.serving(settings, clock=clock))
        cloud = Cloud(folder=data, clock=clock, listening=listening, place=place, settings=settings, _stack=stack)
        yield cloud


@asynccontextmanager
async def cloud_process(folder: Path, *options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, Listening]]:
    """`cloud-api run` on free ports, over a folder that `init` has made; ended with the block if it still runs."""
    told = tempfile.TemporaryFile()  # noqa: SIM115  # closed below
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloud_api", "run", "--data", folder, "--port", "0", "--pages-port", "0"),
        *("--uploads-an-hour", str(MANY), "--requests-a-minute", str(MANY), *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=told,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        assert line.startswith(b"ready: "), _read(told)
        listening = Listening.noted(DataFolder(folder))
        assert listening
        yield process, listening
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
        told.close()


def _read(told: IO[bytes]) -> str:
    """What a service said before it ended."""
    told.seek(0)
    return told.read().decode()


@asynccontextmanager
async def session(url: str, ca: Path, bundle_folder: Path | None = None) -> AsyncIterator[ClientSession]:
    """A client that trusts this authority alone, with the certificate of a bundle or without one."""
    context = ssl.create_default_context(cafile=ca)
    if bundle_folder:
        context.load_cert_chain(bundle_folder / bundle.CERTIFICATE, bundle_folder / bundle.KEY)
    async with ClientSession(url, connector=TCPConnector(ssl=context), timeout=ClientTimeout(total=20)) as client:
        yield client
