"""The tunnel with the times that are shipped, and two hundred tunnels at once; minutes. Run by `make tunnel-proof`."""

import asyncio
import re
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from cloud_api.api import tunnel
from cloud_api.fleet import bastion_folder
from cloud_api.fleet.bastion_folder import Asking
from cloud_api.fleet.bastions import TUNNEL_ACCOUNT
from cloud_api.fleet.bastions import Bastion as Known
from cloud_api.pki.ssh import SshAuthorities, public_text
from cloud_api.pki.ssh_certificates import lease_certificate
from cloud_api.store.schema import lease as table
from edge_app.config import TunnelConfig
from edge_app.fleet.tunnel.lease import Lease
from edge_app.fleet.tunnel.link import Link
from edge_app.sync.wire import BastionDocument, LeaseDocument
from tests.tunnel.conftest import ALIVE, Fleet
from tests.tunnel.machines import PORT, UP, Network, bastion, needs_namespaces, rooted, run
from tests.tunnel.test_faults import back, leased
from tests.waiting import until

pytestmark = needs_namespaces
MANY = 200
SHIPPED = TunnelConfig().alive
DEAD, BACK = 90.0, 60.0
"""Seconds within which a dead link is noticed; and within which the tunnel is back once it can be."""


async def timed(condition: Awaitable[None]) -> float:
    began = time.monotonic()
    await condition
    return time.monotonic() - began


async def test_a_dead_link_is_noticed_and_the_tunnel_is_back_in_time(fleet: Fleet) -> None:
    settings = fleet.device.folder / "edge.toml"
    settings.write_text(settings.read_text().replace(f"alive = {ALIVE}\n", f"alive = {SHIPPED}\n"))
    figures: dict[str, float] = {}
    async with fleet.device.tunnel() as service:
        figures["first"] = await timed(fleet.device.comes_up(1, seconds=BACK))

        fleet.network.cut()
        figures["a cut is noticed"] = await timed(
            until(lambda: fleet.device.times("the tunnel is down") >= 1, seconds=DEAD)
        )
        fleet.network.mend()
        figures["back after it"] = await timed(fleet.device.comes_up(2, seconds=BACK))

        fleet.network.cut()
        await asyncio.sleep(20)
        fleet.network.mend()
        figures["through after a cut of 20 s"] = await timed(passes(fleet))

        ups = fleet.device.times("the tunnel is up")
        fleet.network.move(re.sub(r"\d+$", "77", fleet.network.near))
        figures["back with another address"] = await timed(fleet.device.comes_up(ups + 1, seconds=BACK))

        (autossh,) = run("ps", "--ppid", str(service.pid), "-o", "pid=").split()
        run("kill", "-KILL", autossh)
        figures["back after autossh was killed"] = await timed(fleet.device.comes_up(ups + 2, seconds=BACK))

        (autossh,) = run("ps", "--ppid", str(service.pid), "-o", "pid=").split()
        run("kill", "-KILL", *run("ps", "--ppid", autossh, "-o", "pid=").split())
        figures["back after ssh was killed"] = await timed(fleet.device.comes_up(ups + 3, seconds=BACK))
        assert await fleet.ssh("--", "true") == (0, "", "")
    print({name: round(seconds, 1) for name, seconds in figures.items()})


async def passes(fleet: Fleet) -> None:
    """Return as soon as a command comes through to the device."""
    async with asyncio.timeout(BACK):
        status = 1
        while status:
            status, _, _ = await fleet.ssh("--", "true")


@pytest.mark.parametrize("number", [MANY])
async def test_many_tunnels_at_once(tmp_path: Path, cable: Network, number: int) -> None:
    keys = SshAuthorities(
        tunnel=Ed25519PrivateKey.generate(),
        operators=Ed25519PrivateKey.generate(),
        hosts=Ed25519PrivateKey.generate(),
    )
    now = datetime.now(UTC)
    with rooted() as place:
        known = Known(host=cable.far, port=PORT)
        asking = Asking(url="https://localhost:1", ca=b"", secret="none")
        bastion_folder.write(place / "bastion", known, keys, asking, place=place / "bastion", now=now)

        def lease(port: int) -> Lease:
            key = Ed25519PrivateKey.generate()
            return Lease(
                granted=LeaseDocument(
                    bastion=BastionDocument(
                        host=cable.far,
                        port=PORT,
                        account=TUNNEL_ACCOUNT,
                        authority=public_text(keys.hosts.public_key()),
                    ),
                    port=port,
                    certificate=lease_certificate(keys.tunnel, key.public_key(), uuid4(), port, now=now),
                    host_certificate="",
                    not_after=now + timedelta(hours=8),
                ),
                key=key,
            )

        async with bastion(cable, place / "bastion") as there, AsyncExitStack() as links:
            ports = range(10_000, 10_000 + number)
            config = TunnelConfig()

            async def come_up(port: int) -> None:
                await links.enter_async_context(Link.open(lease(port), config, within=tmp_path, seconds=600))

            began = time.monotonic()
            await asyncio.gather(*(come_up(port) for port in ports))
            took = time.monotonic() - began
            assert there.listening() == set(ports)
            sizes = run("ps", "-C", "sshd", "-o", "rss=,pss=", check=False).split()
            print(
                {"tunnels": number, "seconds": round(took, 1), "sshd, MiB of PSS": sum(map(int, sizes[1::2])) // 1024}
            )


async def test_a_lease_that_ended_on_the_way_is_replaced(fleet: Fleet) -> None:
    """The bastion is away while the first lease is taken; when it is back, that has been denied."""
    await fleet.bastion.server.stop()
    async with fleet.device.tunnel():
        await until(lambda: fleet.device.times("the tunnel is down") >= 1, seconds=UP)
        async with fleet.cloud.database() as database, database.write() as connection:
            await connection.execute(update(table).values(denied_at=datetime.now(UTC)))
        await fleet.bastion.keep()
        await fleet.bastion.server.start()
        await back(fleet, 1)
        assert await leased(fleet) == [10_000, 10_001]


async def test_the_next_link_stands_before_the_one_before_is_closed(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "LEASE_LIFE", timedelta(seconds=20))
    async with fleet.device.tunnel():
        await back(fleet, 1)
        await until(lambda: 10_001 in fleet.bastion.listening(), seconds=2 * UP)
        await until(lambda: 10_000 not in fleet.bastion.listening(), seconds=UP)
    assert fleet.device.times("the tunnel is down") == 0
