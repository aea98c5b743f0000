"""A cloud, a bastion in a network of its own, a device with its SSH server, and whoever keeps its tunnel up."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cloud_api import app, cli
from cloud_api.clock import SystemClock
from cloud_api.folder import making
from cloud_api.folder.layout import DataFolder
from tests.cloud.running import MANY, Cloud
from tests.tunnel.machines import UP, Bastion, Network, bastion, device_sshd, network, rooted
from tests.waiting import until

MAIN = "import sys; from {} import main; sys.exit(main())"
ALIVE = 1
"""Seconds between signs of life, so that a dead link is noticed in three."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


async def cloud_api(*words: str | Path) -> tuple[int, str, str]:
    """`cloud-api`, as an administrator gives it: status, what it printed, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MAIN.format("cloud_api.cli"), *map(str, words)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), said.decode()


async def commanded(*words: str | Path) -> None:
    """Let a command of `cloud-api` be carried out beside what runs here."""
    assert await asyncio.to_thread(cli.main, [str(word) for word in words]) == 0


@dataclass(kw_only=True)
class Device:
    """A device with its configuration folder, whose tunnel is kept up when it is told so."""

    uuid: str
    folder: Path
    said: list[str] = field(default_factory=list)

    def set(self, **settings: str | int) -> None:
        """Set something in `[tunnel]`."""
        file = self.folder / "edge.toml"
        lines = "".join(f"{name} = {value!r}\n" for name, value in settings.items())
        file.write_text(file.read_text().replace("[tunnel]\n", f"[tunnel]\n{lines}"))

    @asynccontextmanager
    async def tunnel(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """`edge-app tunnel`, ended in order with the block."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MAIN.format("edge_app.cli"), "--config", str(self.folder), "tunnel"),
            stderr=asyncio.subprocess.PIPE,
        )

        async def listen() -> None:
            assert process.stderr
            async for line in process.stderr:
                self.said.append(line.decode().strip())

        listening = asyncio.create_task(listen())
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            async with asyncio.timeout(UP):
                await process.wait()
                await listening

    def times(self, words: str) -> int:
        return sum(words in line for line in self.said)

    async def comes_up(self, times: int = 1, *, seconds: float = UP) -> None:
        """Wait until the tunnel has come up so often."""
        await until(lambda: self.times("the tunnel is up") >= times, seconds=seconds)


@dataclass(kw_only=True)
class Fleet:
    """All of it."""

    cloud: Cloud
    network: Network
    bastion: Bastion
    device: Device

    async def ssh(self, *words: str, device: str | None = None) -> tuple[int, str, str]:
        return await cloud_api("ssh", device or self.device.uuid, "--data", self.cloud.folder.path, *words)


@pytest.fixture
def cable() -> Iterator[Network]:
    with network() as there:
        yield there


@asynccontextmanager
async def reachable_cloud(folder: Path, address: str) -> AsyncIterator[Cloud]:
    """A cloud in this process that others can ask at an address of ours too."""
    data, clock = DataFolder(folder), SystemClock()
    await making.init(data, names=[address], database=data.database, clock=clock)
    settings = app.Settings(
        folder=data,
        database=data.database,
        host="0.0.0.0",
        port=0,
        pages_port=0,
        uploads_an_hour=MANY,
        requests_a_minute=MANY,
    )
    async with app.serving(settings, clock=clock) as listening:
        yield Cloud(folder=data, clock=clock, listening=listening, place=data.database, settings=settings)


@pytest.fixture
async def fleet(tmp_path: Path, cable: Network) -> AsyncIterator[Fleet]:
    with rooted() as place:
        async with reachable_cloud(tmp_path / "cloud", cable.near) as cloud:
            url = cloud.listening.pages.at(cable.near)
            await commanded(
                *("bastion", "add", cable.far, "--data", cloud.folder.path, "--out", place / "bastion"),
                *("--place", place / "bastion", "--url", url),
            )
            household = await cloud.add_household()
            uuid = household["measurement_devices"][0]["uuid"]
            device = Device(uuid=uuid, folder=await cloud.provision(uuid, tmp_path / "device"))
            (place / "device").mkdir()
            port = free_port()
            device.set(alive=ALIVE, ssh_port=port, host_key=str(place / "device/ssh/host_ed25519.pub"))
            (device.folder / "tunnel").mkdir()
            async with (
                bastion(cable, place / "bastion") as there,
                device_sshd(place / "device", device.folder, port) as server,
            ):
                (place / "device/ssh/device").write_text(f"{uuid}\n")
                operators = (place / "bastion/operators.pub").read_text()
                assert operators.strip() in (device.folder / "edge.toml").read_text()
                (place / "device/ssh/operators.pub").write_text(operators)
                yield Fleet(cloud=cloud, network=cable, bastion=there, device=device)
                assert server.said
