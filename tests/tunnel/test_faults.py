"""Whatever happens to the link, the tunnel comes back by itself, each time with a lease of its own."""

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from cloud_api.api import tunnel
from cloud_api.store.schema import lease
from tests.tunnel.conftest import Fleet
from tests.tunnel.machines import UP, needs_namespaces, run
from tests.waiting import until

pytestmark = needs_namespaces


async def leased(fleet: Fleet) -> list[int]:
    """The ports that the device was given, in their order."""
    async with fleet.cloud.database() as database, database.read() as connection:
        return list(await connection.scalars(select(lease.c.port).order_by(lease.c.issued_at)))


async def back(fleet: Fleet, times: int) -> None:
    """Wait until the tunnel has come up once more, and somebody can listen at the newest lease's port."""
    await fleet.device.comes_up(times, seconds=2 * UP)
    assert (await leased(fleet))[-1] in fleet.bastion.listening()


async def test_it_comes_back_after_a_cut_a_restart_another_address_and_a_killed_ssh(fleet: Fleet) -> None:
    async with fleet.device.tunnel() as service:
        await back(fleet, 1)

        fleet.network.cut()
        await until(lambda: fleet.device.times("the tunnel is down") >= 1, seconds=UP)
        fleet.network.mend()
        await back(fleet, 2)

        await fleet.bastion.server.stop()
        await until(lambda: fleet.device.times("the tunnel is down") >= 2, seconds=UP)
        await fleet.bastion.server.start()
        await back(fleet, 3)

        fleet.network.move(re.sub(r"\d+$", "77", fleet.network.near))
        await back(fleet, 4)

        (autossh,) = run("ps", "--ppid", str(service.pid), "-o", "pid=").split()
        (ssh,) = run("ps", "--ppid", autossh, "-o", "pid=").split()
        run("kill", "-KILL", ssh)
        await back(fleet, 5)

        (autossh,) = run("ps", "--ppid", str(service.pid), "-o", "pid=").split()
        run("kill", "-KILL", autossh)
        await back(fleet, 6)
        ports = await leased(fleet)
        assert len(set(ports)) == len(ports) >= 6
    await until(lambda: ports[-1] not in fleet.bastion.listening(), seconds=UP)
    assert list(fleet.device.folder.glob("tunnel/lease-*")) == []


TAKE = """
import socket, time
held = socket.create_server(("::", 10000), family=socket.AF_INET6, dualstack_ipv6=True)
print(flush=True)
time.sleep(600)
"""


async def test_a_port_that_is_taken_is_left_for_the_next(fleet: Fleet) -> None:
    words = [*fleet.network.inside(), sys.executable, "-c", TAKE]
    taking = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert taking.stdout
    try:
        await taking.stdout.readline()
        async with fleet.device.tunnel():
            await back(fleet, 1)
        assert await leased(fleet) == [10_000, 10_001]
        assert fleet.device.times("remote port forwarding failed") == 1
    finally:
        taking.kill()
        await taking.communicate()


async def test_a_lease_that_ended_on_the_way_is_replaced_and_one_that_ends_is_followed(fleet: Fleet) -> None:
    """The bastion is away while the first lease is taken; when it is back, that has been denied."""
    await fleet.bastion.server.stop()
    async with fleet.device.tunnel():
        await until(lambda: fleet.device.times("the tunnel is down") >= 1, seconds=UP)
        async with fleet.cloud.database() as database, database.write() as connection:
            await connection.execute(update(lease).values(denied_at=datetime.now(UTC)))
        await fleet.bastion.keep()
        await fleet.bastion.server.start()
        await back(fleet, 1)
        assert await leased(fleet) == [10_000, 10_001]


async def test_no_tunnel_where_the_resident_was_not_asked_or_the_settings_say_never(fleet: Fleet) -> None:
    allowed = fleet.device.folder / "tunnel/allowed"
    fleet.device.set(mode="on-request")
    async with fleet.device.tunnel():
        allowed.write_text((datetime.now(UTC) + timedelta(hours=1)).isoformat())
        await back(fleet, 1)
        allowed.unlink()
        await until(lambda: not fleet.bastion.listening(), seconds=UP)
    settings = fleet.device.folder / "edge.toml"
    settings.write_text(settings.read_text().replace("'on-request'", "'off'"))
    async with fleet.device.tunnel() as service:
        assert await service.wait() == 0


async def test_the_next_link_stands_before_the_one_before_is_closed(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "LEASE_LIFE", timedelta(seconds=20))
    async with fleet.device.tunnel():
        await back(fleet, 1)
        await until(lambda: 10_001 in fleet.bastion.listening(), seconds=2 * UP)
        await until(lambda: 10_000 not in fleet.bastion.listening(), seconds=UP)
    assert fleet.device.times("the tunnel is down") == 0
