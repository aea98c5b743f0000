"""Whatever happens to the link, the tunnel comes back by itself, each time with a lease of its own."""

import asyncio
import sys

from sqlalchemy import select

from cloud_api.store.schema import lease
from tests.tunnel.conftest import Fleet
from tests.tunnel.machines import UP, needs_namespaces
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


async def test_it_comes_back_after_a_cut_and_a_restart_of_the_bastion(fleet: Fleet) -> None:
    async with fleet.device.tunnel():
        await back(fleet, 1)

        fleet.network.cut()
        await until(lambda: fleet.device.times("the tunnel is down") >= 1, seconds=UP)
        fleet.network.mend()
        await back(fleet, 2)

        await fleet.bastion.server.stop()
        await until(lambda: fleet.device.times("the tunnel is down") >= 2, seconds=UP)
        await fleet.bastion.server.start()
        await back(fleet, 3)
        ports = await leased(fleet)
        assert len(set(ports)) == len(ports) >= 3
    await until(lambda: ports[-1] not in fleet.bastion.listening(), seconds=UP)
    assert list(fleet.device.folder.glob("tunnel/lease-*")) == []
