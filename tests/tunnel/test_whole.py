"""From end to end: a device keeps its tunnel up, an administrator comes through it, and a revoked device is cut off."""

from tests.tunnel.conftest import Fleet, cloud_api
from tests.tunnel.machines import needs_namespaces
from tests.waiting import until

pytestmark = needs_namespaces


async def test_an_administrator_comes_through_until_the_device_is_revoked(fleet: Fleet) -> None:
    async with fleet.device.tunnel():
        await fleet.device.comes_up()
        assert await fleet.ssh("--", "true") == (0, "", "")
        assert await fleet.ssh("--", "echo $USER; exit 3") == (3, "service\n", "")

        status, _, _ = await cloud_api("device", "revoke", fleet.device.uuid, "--data", fleet.cloud.folder.path)
        assert status == 0
        await fleet.bastion.keep()
        await until(lambda: not fleet.bastion.listening(), seconds=30)
        await until(lambda: fleet.device.times("the tunnel is down") > 0, seconds=30)
        status, _, said = await fleet.ssh("--", "true")
        assert (status, said) == (1, "cloud-api: the tunnel of this device is closed\n")
