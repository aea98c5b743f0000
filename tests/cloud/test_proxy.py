"""Behind a proxy: who it says a request is from is believed from named addresses alone, and looked at all the same."""

import asyncio
import shutil
import socket
import subprocess
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from uuid import UUID

import pytest

from cloud_api.access import proxies
from cloud_api.errors import SetupError
from cloud_api.pki import authority
from cloud_api.store import devices
from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.issuing import issue
from tests.cloud.running import Cloud, HandClock, session
from tests.waiting import until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIGURATION = Path(__file__).parents[2] / "docs" / "nginx.conf"


@asynccontextmanager
async def believing(cloud: Cloud, *addresses: str) -> AsyncIterator[None]:
    """The same cloud, begun again with proxies."""
    async with cloud.away():
        cloud.settings = replace(cloud.settings, proxies=proxies.named(addresses))
    yield


def header(bundle: Path) -> dict[str, str]:
    der = PEM_cert_to_DER_cert((bundle / "device.pem").read_text())
    return {"Client-Cert": f":{b64encode(der).decode()}:"}


async def test_the_header_is_nothing_where_no_proxy_is_named(cloud: Cloud, home: Home) -> None:
    async with cloud.stranger() as stranger:
        assert await code(stranger, "GET", "/account", headers=header(home.bundle)) == (401, "no-credential")


async def test_the_header_is_nothing_from_an_address_that_is_not_named(cloud: Cloud, home: Home) -> None:
    async with believing(cloud, "192.0.2.0/24"), cloud.stranger() as stranger:
        assert await code(stranger, "GET", "/account", headers=header(home.bundle)) == (401, "no-credential")
    assert (await ask(home.client, "GET", "/account"))[0] == 200


async def test_the_header_speaks_for_a_device_from_a_named_address(cloud: Cloud, home: Home) -> None:
    async with believing(cloud, "127.0.0.0/8"), cloud.stranger() as proxy:
        for _ in range(2):
            assert (await ask(proxy, "GET", "/account", headers=header(home.bundle)))[0] == 200
        assert await code(proxy, "GET", "/account") == (401, "no-credential")


@pytest.mark.parametrize("value", ["", ":", "::", ":!:", ":abc:", ":AAAA:", "AAAA", ':"x":'])
async def test_a_header_that_holds_no_certificate_is_refused(cloud: Cloud, value: str) -> None:
    async with believing(cloud, "127.0.0.1"), cloud.stranger() as proxy:
        assert await code(proxy, "GET", "/account", headers={"Client-Cert": value}) == (401, "no-credential")


async def test_two_headers_are_refused(cloud: Cloud, home: Home) -> None:
    twice = [*header(home.bundle).items()] * 2
    async with believing(cloud, "127.0.0.1"), cloud.stranger() as proxy:
        assert await code(proxy, "GET", "/account", headers=twice) == (401, "no-credential")


async def test_a_certificate_in_the_header_is_looked_at_like_any_other(
    cloud: Cloud, home: Home, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    foreign = await issue(
        cloud, tmp_path / "foreign", home.device, root=authority.new_root("Zählwerk device authority", now=now)
    )
    expired = await issue(cloud, tmp_path / "expired", home.device, at=now - timedelta(days=91))
    future = await issue(cloud, tmp_path / "future", home.device, at=now + timedelta(days=1))
    unrecorded = await issue(cloud, tmp_path / "unrecorded", home.device, recorded=False)
    async with believing(cloud, "127.0.0.1"), cloud.stranger() as proxy:
        for bundle, refusal in (
            (foreign, (401, "no-credential")),
            (expired, (401, "no-credential")),
            (future, (401, "no-credential")),
            (unrecorded, (403, "forbidden")),
        ):
            assert await code(proxy, "GET", "/account", headers=header(bundle)) == refusal, bundle
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "device.pem").write_bytes((cloud.folder.pki / "server.pem").read_bytes())
    async with cloud.stranger() as proxy:
        refusal = await code(proxy, "GET", "/account", headers=header(tmp_path / "server"))
        assert refusal == (401, "no-credential")


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(SetupError, match=r"--proxy: .*cloud\.example\.org"):
        proxies.named(("cloud.example.org",))


async def test_failures_are_counted_for_whom_the_proxy_names(cloud: Cloud, clock: HandClock) -> None:
    async with believing(cloud, "127.0.0.1", "::1"), cloud.people(None) as people:

        async def wrong(forwarded: str) -> int:
            headers = {"Authorization": "Bearer wrong", "X-Forwarded-For": forwarded}
            return (await ask(people, "GET", "/management/household", headers=headers))[0]

        assert [await wrong("192.0.2.7") for _ in range(6)] == [401] * 5 + [429]
        assert await wrong("192.0.2.8") == 401
        assert [await wrong(f"2001:db8::{number}") for number in range(6)] == [401] * 5 + [429]
        assert await wrong("2001:db8:0:1::1") == 401
        assert [await wrong("nobody") for _ in range(6)] == [401] * 5 + [429]


def listens(port: int) -> bool:
    with socket.socket() as probing:
        return probing.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
async def before(cloud: Cloud, tmp_path: Path) -> AsyncIterator[str]:
    """nginx before the cloud, by the configuration that the documentation shows; its address."""
    if not NGINX:
        pytest.skip("nginx is not on this machine")
    folder = tmp_path / "nginx"
    folder.mkdir()
    pki = cloud.folder.pki
    (pki / "devices.pem").write_bytes(
        (pki / "device-authority.pem").read_bytes() + (pki / "device-root.pem").read_bytes()
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    text = CONFIGURATION.read_text()
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/srv/cloud": str(cloud.folder.path),
        "cloud.example.org;": "localhost;",
        "https://127.0.0.1:8443": f"https://127.0.0.1:{cloud.listening.device.port}",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{text}}}\n"
    )
    words = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    process = await asyncio.create_subprocess_exec(*words, stderr=subprocess.PIPE)
    try:
        await until(lambda: listens(port))
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        await process.communicate()


async def test_devices_speak_through_nginx(cloud: Cloud, granted: Home, before: str) -> None:
    body = measured(granted.meter, "2026-11-24T10:15:02.118Z")
    async with believing(cloud, "127.0.0.1"), session(before, cloud.folder.ca, granted.bundle) as device:
        assert await ask(device, "POST", UPLOAD, json=body) == (200, {"stored": 1, "duplicates": 0})
        assert (await ask(device, "GET", "/account"))[1]["email"] == "erika@example.org"


async def test_what_a_client_writes_into_the_header_does_not_pass_nginx(cloud: Cloud, home: Home, before: str) -> None:
    async with believing(cloud, "127.0.0.1"):
        async with session(before, cloud.folder.ca) as stranger:
            assert await code(stranger, "GET", "/account", headers=header(home.bundle)) == (401, "no-credential")
            assert (await ask(stranger, "GET", "/healthz"))[0] == 200
        other = await cloud.add_household()
        bundle = await cloud.provision(other["measurement_devices"][0]["uuid"], home.bundle.parent / "other")
        async with session(before, cloud.folder.ca, bundle) as device:
            status, found = await ask(device, "GET", "/account", headers=header(home.bundle))
            assert (status, found["uuid"]) == (200, other["participant"]["uuid"])


async def test_a_revoked_device_is_refused_through_nginx_too(cloud: Cloud, home: Home, before: str) -> None:
    async with believing(cloud, "127.0.0.1"), session(before, cloud.folder.ca, home.bundle) as device:
        assert (await ask(device, "GET", "/account"))[0] == 200
        async with cloud.database() as database, database.write() as connection:
            assert await devices.deny(connection, UUID(home.device), at=datetime.now(UTC)) == 1
        assert await code(device, "GET", "/account") == (403, "certificate-denied")
