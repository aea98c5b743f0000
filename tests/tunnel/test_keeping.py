"""What keeps a tunnel down is said once, and tried again after a while; without a bastion, a key, or autossh."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from cloud_api.fleet.bastions import Bastion, Bastions
from cloud_api.pki.ssh import public_text
from cloud_api.store.schema import lease
from edge_app import cli, config
from edge_app.clock import SystemClock
from edge_app.config import TunnelConfig
from edge_app.errors import CloudError, RefusedError, TunnelError, UnreachableError
from edge_app.fleet.tunnel.keeping import FIRST_PAUSE, LONGEST_PAUSE, REFUSED_PAUSE, Keeper
from edge_app.fleet.tunnel.permission import LOOK_EVERY, Permission
from edge_app.fleet.tunnel.sessions import noted
from edge_app.sync.answers import BusyError
from edge_app.sync.client import CloudClient
from edge_app.testing import HandClock
from tests.cloud.running import Cloud, running_cloud
from tests.pages.home import Mode
from tests.waiting import until
from tests.wire.conftest import connected


class Home:
    """A device with a cloud, whose tunnel is kept up while the clock is moved by hand."""

    def __init__(self, cloud: Cloud, folder: Path, client: CloudClient, clock: HandClock, mode: Mode) -> None:
        self.cloud, self.folder, self.clock = cloud, folder, clock
        self.host_key = folder / "host.pub"
        self.host_key.write_text(f"{public_text(Ed25519PrivateKey.generate().public_key())} root@zaehler\n")
        settings = TunnelConfig(mode=mode, folder=folder / "tunnel", host_key=self.host_key)
        self.keeper = Keeper(
            cloud=client,
            config=settings,
            permission=Permission(config=settings, clock=clock),
            within=folder,
            clock=clock,
            rng=random.Random(7),
        )


@asynccontextmanager
async def home(tmp_path: Path, mode: Mode = "always") -> AsyncIterator[Home]:
    async with running_cloud(tmp_path / "cloud") as cloud:
        device = (await cloud.add_household())["measurement_devices"][0]["uuid"]
        folder = await cloud.provision(device, tmp_path / "device")
        clock = HandClock(SystemClock().now())
        async with connected(config.load(folder).cloud) as client:
            there = Home(cloud, folder, client, clock, mode)
            running = asyncio.create_task(there.keeper.run())
            try:
                yield there
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if each.name.endswith("tunnel.keeping")]


async def test_without_a_bastion_that_is_said_once_and_asked_again_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="edge_app")
    async with home(tmp_path) as there:
        await until(lambda: len(said(caplog)) == 1, seconds=30)
        assert said(caplog) == ["the tunnel is down: 404 Not found; there is no bastion"]
        await there.clock.advance(REFUSED_PAUSE / 2 - 1)
        assert len(said(caplog)) == 1
        await there.clock.advance(REFUSED_PAUSE)
        await until(lambda: len(said(caplog)) >= 2, seconds=30)
    levels = [each.levelno for each in caplog.records if each.name.endswith("tunnel.keeping")]
    assert levels[:2] == [logging.INFO, logging.DEBUG]


async def test_a_lease_that_no_bastion_has_seen_is_used_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="edge_app")
    async with home(tmp_path) as there:
        Bastions(file=there.cloud.folder.bastions).note(Bastion(host="127.0.0.1", port=1))
        async with asyncio.timeout(60):
            while sum("Connection refused" in each for each in said(caplog)) < 3:
                await there.clock.advance(REFUSED_PAUSE)
                await asyncio.sleep(0.01)
        async with there.cloud.database() as database, database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(lease)) == 1
        assert list(there.folder.glob("lease-*")) == []


@pytest.mark.parametrize("fault", ["no host key", "no autossh"])
async def test_what_this_machine_lacks_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    caplog.set_level(logging.DEBUG, logger="edge_app")
    async with home(tmp_path) as there:
        await until(lambda: len(said(caplog)) == 1, seconds=30)
        Bastions(file=there.cloud.folder.bastions).note(Bastion(host="127.0.0.1", port=1))
        if fault == "no host key":
            there.host_key.write_text("nonsense")
        else:
            monkeypatch.setenv("PATH", str(tmp_path))
        await there.clock.advance(REFUSED_PAUSE)
        await until(lambda: len(said(caplog)) >= 2, seconds=30)
    named = {"no host key": "host.pub: expected the public key", "no autossh": "autossh cannot be run"}
    assert named[fault] in said(caplog)[1]


async def test_where_the_resident_is_asked_nothing_is_tried_before_and_after(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="edge_app")
    async with home(tmp_path, "on-request") as there:
        await there.clock.advance(60)
        assert said(caplog) == []
        there.keeper.permission.give()
        await there.clock.advance(LOOK_EVERY)
        await until(lambda: len(said(caplog)) == 1, seconds=30)
        there.keeper.permission.take_back()
        await there.clock.advance(LOOK_EVERY)
        await until(lambda: len(said(caplog)) == 2, seconds=30)
    assert said(caplog)[1] == "the tunnel is closed"


def test_pauses_grow_with_failures_and_are_long_where_asking_again_is_of_no_use() -> None:
    settings = TunnelConfig()
    clock = HandClock()
    permission = Permission(config=settings, clock=clock)

    def pauses(*errors: Exception) -> list[float]:
        keeper = Keeper(
            cloud=None,  # type: ignore[arg-type]  # nobody is asked
            config=settings,
            permission=permission,
            within=Path(),
            clock=clock,
            rng=random.Random(1),
        )
        return [keeper._pause(error) for error in errors]

    away: CloudError = UnreachableError("nobody answers")
    for _ in range(50):
        growing = pauses(*[away] * 12)
        assert growing[0] <= FIRST_PAUSE
        assert max(growing) <= LONGEST_PAUSE
    assert pauses(RefusedError("no"))[0] >= REFUSED_PAUSE / 2
    assert pauses(BusyError("later", 400.0)) == [400.0]
    assert pauses(TunnelError("Connection refused", answered=False))[0] <= FIRST_PAUSE


def test_nobody_was_there_before_anybody_was_noted(tmp_path: Path) -> None:
    assert noted(tmp_path) == []


def test_a_tunnel_that_is_off_is_not_kept_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "edge.toml").write_text('[cloud]\nurl = "https://localhost:1"\n[tunnel]\nmode = "off"\n')
    assert cli.main(["--config", str(tmp_path), "tunnel"]) == 0
    assert capsys.readouterr().out == "[tunnel] mode is off: there is nothing to keep up\n"
