"""From end to end: a device keeps its tunnel up, an administrator comes through it, and a revoked device is cut off."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from cloud_api.pki.ssh import SshAuthorities
from cloud_api.pki.ssh_certificates import key_id, principal
from cloud_api.store import audit
from cloud_api.store.schema import audit as table
from cloud_api.store.schema import lease
from edge_app import config
from edge_app.fleet.tunnel.sessions import noted
from tests.tunnel.conftest import MAIN, Fleet, commanded
from tests.tunnel.knocking import KEPT_OUT, LET_IN, Person
from tests.tunnel.machines import UP, needs_namespaces, run
from tests.waiting import until

pytestmark = needs_namespaces


@asynccontextmanager
async def pages() -> AsyncIterator[int]:
    """A page at a port of this machine's loopback alone, as a device has it."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="the device's page")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def forwarding(fleet: Fleet, port: int) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`cloud-api ssh --forward`, and what it printed first."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MAIN.format("cloud_api.cli"), "ssh", fleet.device.uuid, "--forward"),
        *("--data", str(fleet.cloud.folder.path), "--pages-port", str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(2 * UP):
            yield process, (await process.stdout.readline()).decode()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def entries(fleet: Fleet, what: str) -> list[str]:
    """Who did it, by the audit log."""
    async with fleet.cloud.database() as database, database.read() as connection:
        chain = await audit.verify(connection)
        assert chain.broken is None
        household = await connection.scalar(select(table.c.household).where(table.c.what == what).limit(1))
        assert household
        return [entry.who for entry in await audit.of_household(connection, household) if entry.what == what]


async def test_an_administrator_comes_through_until_the_device_is_revoked(fleet: Fleet) -> None:
    folder = fleet.device.folder / "tunnel"
    async with fleet.device.tunnel():
        await fleet.device.comes_up()
        assert noted(folder) == []
        assert await fleet.ssh("--", "true") == (0, "", "")
        assert await fleet.ssh("--name", "Grace", "--", "echo $USER; exit 3") == (3, "service\n", "")
        assert len(noted(folder)) == 2
        assert [who.partition(" ")[2] for who in await entries(fleet, "service session opened")][1] == "Grace"
        assert len(await entries(fleet, "tunnel leased")) == 1

        await commanded("device", "revoke", fleet.device.uuid, "--data", fleet.cloud.folder.path)
        await fleet.bastion.keep()
        await until(lambda: not fleet.bastion.listening(), seconds=UP)
        await until(lambda: fleet.device.times("the tunnel is down") > 0, seconds=UP)
        status, _, said = await fleet.ssh("--", "true")
        assert (status, said) == (1, "cloud-api: the tunnel of this device is closed\n")


async def test_an_administrator_opens_the_device_s_page_and_believes_no_other_device(fleet: Fleet) -> None:
    async with fleet.device.tunnel(), pages() as port:
        await fleet.device.comes_up()
        async with forwarding(fleet, port) as (_, said):
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
            assert found, said
            listening = re.findall(rf"(\S+):{found[1]}\b", run("ss", "-Hltn"))
            assert listening == ["127.0.0.1"]
            async with aiohttp.ClientSession() as browser, browser.get(found[0]) as answer:
                assert await answer.text() == "the device's page"
        assert len(noted(fleet.device.folder / "tunnel")) == 1

        await pretend_another_key(fleet)
        async with forwarding(fleet, port) as (process, said):
            assert said == ""
            assert await process.wait() == 1
        (Path(fleet.device.folder) / "tunnel/host-cert.pub").unlink()
        status, _, said = await fleet.ssh("--", "true")
        assert status == 255, said
        assert "no matching host key type" in said


async def pretend_another_key(fleet: Fleet) -> None:
    """Whoever answers at the leased port has not the key that the device told the cloud of."""
    stranger = (fleet.bastion.folder / "tunnel.pub").read_text().strip()
    async with fleet.cloud.database() as database, database.write() as connection:
        await connection.execute(update(lease).values(host_key=stranger))


async def test_a_device_lets_in_whom_the_operators_authority_sent_to_it_and_notes_nobody_else(
    fleet: Fleet, tmp_path: Path
) -> None:
    operators = SshAuthorities.load(fleet.cloud.folder.pki).operators
    other, ours = uuid4(), UUID(fleet.device.uuid)
    port = config.load(fleet.device.folder).tunnel.ssh_port

    async def comes(authority: Ed25519PrivateKey, said: str, name: str, account: str = "service") -> str:
        person = Person(folder=tmp_path / uuid4().hex).certified(authority, said, name=name)
        return await person.knocks_at("127.0.0.1", port, account, "true")

    mine = f"operator {key_id(ours, 10_000)}"
    for refused in (
        comes(Ed25519PrivateKey.generate(), mine, principal(ours)),
        comes(operators, f"operator {key_id(other, 10_000)}", principal(other)),
        comes(operators, f"operator {key_id(other, 10_000)}", principal(ours)),
        comes(operators, key_id(ours, 10_000), principal(ours)),
        comes(operators, mine, principal(ours), "root"),
    ):
        assert await refused == KEPT_OUT
    assert noted(fleet.device.folder / "tunnel") == []
    assert await comes(operators, mine, principal(ours)) == LET_IN
    assert len(noted(fleet.device.folder / "tunnel")) == 1


async def test_nobody_comes_in_who_cannot_be_noted(fleet: Fleet, tmp_path: Path) -> None:
    operators = SshAuthorities.load(fleet.cloud.folder.pki).operators
    ours = UUID(fleet.device.uuid)
    (fleet.device.folder / "tunnel/sessions").mkdir()
    person = Person(folder=tmp_path / "person")
    person.certified(operators, f"operator {key_id(ours, 10_000)}", name=principal(ours))
    port = config.load(fleet.device.folder).tunnel.ssh_port
    assert await person.knocks_at("127.0.0.1", port, "service", "true") == KEPT_OUT
