"""Who trusts whom: certificates of either side that are missing, foreign, expired, renewed."""

import asyncio
import os
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from edge_app.clock import Synchrony
from edge_app.config import CloudConfig
from edge_app.errors import ConfigError, UnreachableError
from edge_app.sync.client import CloudClient
from edge_app.sync.device import device_uuid
from edge_app.testing import HandClock
from tests.sync.authority import DAY
from tests.sync.cloud import Cloud, serving
from tests.sync.conftest import DEVICE, Authorities


@asynccontextmanager
async def opened(config: CloudConfig, **changes: object) -> AsyncIterator[CloudClient]:
    changed = msgspec.structs.replace(config, **changes)
    async with CloudClient.open(changed, clock=HandClock(), synchrony=Synchrony(trusted=True)) as client:
        yield client


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


async def test_a_cloud_of_another_authority_is_not_trusted(
    config: CloudConfig, authorities: Authorities, elsewhere: Path
) -> None:
    ca = authorities.strangers.write(elsewhere / "ca.pem")
    async with opened(config, ca=ca) as client:
        with pytest.raises(UnreachableError, match="not trusted: unable to get local issuer certificate"):
            await client.consent()


@pytest.mark.parametrize(
    ("name", "until", "flaw"),
    [("127.0.0.1", -DAY, "certificate has expired"), ("127.0.0.2", DAY, "IP address mismatch")],
)
async def test_a_cloud_with_an_unfit_certificate_is_not_trusted(
    config: CloudConfig, authorities: Authorities, elsewhere: Path, name: str, until: timedelta, flaw: str
) -> None:
    certificate = authorities.servers.server(elsewhere, name=name, until=until)
    async with (
        serving(Cloud(), certificate, elsewhere.parent / "devices.pem") as cloud,
        opened(config, url=cloud.url) as client,
    ):
        with pytest.raises(UnreachableError, match=f"not trusted: .*{flaw}"):
            await client.consent()


@pytest.mark.parametrize("until", [DAY, -DAY], ids=["foreign", "expired"])
async def test_a_cloud_that_refuses_our_certificate_without_a_word_is_told_apart(
    config: CloudConfig, authorities: Authorities, elsewhere: Path, until: timedelta
) -> None:
    authority = authorities.strangers if until > timedelta(0) else authorities.devices
    certificate, key = authority.device(elsewhere, DEVICE, until=until)
    async with opened(config, certificate=certificate, key=key) as client:
        with pytest.raises(UnreachableError, match="ended the connection without an answer, as it does when"):
            await client.consent()


async def test_a_cloud_that_says_why_it_refuses_our_certificate_is_repeated(
    config: CloudConfig, authorities: Authorities, elsewhere: Path, tmp_path: Path
) -> None:
    """OpenSSL's own server sends the alert that asyncio's keeps to itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*authorities.servers.server(elsewhere))
    context.load_verify_locations(tmp_path / "devices.pem")
    certificate, key = authorities.devices.device(elsewhere, DEVICE, until=-DAY)

    def refuse(listening: socket.socket) -> None:
        for _ in range(2):  # aiohttp asks a second time
            connection, _ = listening.accept()
            secured = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            with pytest.raises(ssl.SSLError, match="expired"):
                secured.do_handshake()
            with socket.socket(fileno=secured.detach()) as bare:
                bare.shutdown(socket.SHUT_WR)
                while bare.recv(4096):  # what is left unread would overtake the alert with a reset
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        refusing = asyncio.create_task(asyncio.to_thread(refuse, listening))
        url = config.url.with_port(listening.getsockname()[1])
        async with opened(config, url=url, certificate=certificate, key=key) as client:
            with pytest.raises(UnreachableError, match=r"refuses our certificate in the TLS handshake: .* expired"):
                await client.consent()
        await refusing


async def test_what_does_not_speak_tls_is_told_apart(config: CloudConfig) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, opened(config, url=config.url.with_port(server.sockets[0].getsockname()[1])) as client:
        with pytest.raises(UnreachableError, match="no TLS connection to the cloud: wrong version number"):
            await client.consent()


async def test_an_address_where_nobody_listens_is_told_apart(config: CloudConfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    async with opened(config, url=config.url.with_port(port)) as client:
        with pytest.raises(UnreachableError, match="nobody answers at the cloud's address"):
            await client.consent()


async def test_a_renewed_certificate_is_taken_up_without_a_restart(
    config: CloudConfig, cloud: Cloud, authorities: Authorities, elsewhere: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    renewed = authorities.devices.device(elsewhere, DEVICE)
    async with opened(config) as client:
        await client.consent()
        put(renewed[0], config.certificate)
        await client.consent()
        assert len(cloud.peers) == 1  # certificate and key do not fit together yet
        put(renewed[1], config.key)
        await client.consent()
        assert len(cloud.peers) == 2
        config.ca.unlink()
        await client.consent()
    assert ["renewed" in line or "is used on" in line for line in caplog.messages] == [True] * 3


def put(file: Path, place: Path) -> None:
    """Replace a file as a renewal does, so that its time of change differs."""
    before = place.stat().st_mtime_ns
    shutil.copyfile(file, place)
    os.utime(place, ns=(before + 1, before + 1))


def spoil(file: Path, content: bytes | None) -> None:
    file.unlink()
    if content:
        file.write_bytes(content)


@pytest.mark.parametrize("which", ["certificate", "key", "ca"])
@pytest.mark.parametrize("content", [None, b"no certificate"])
async def test_a_file_that_cannot_be_used_is_named(config: CloudConfig, which: str, content: bytes | None) -> None:
    file: Path = getattr(config, which)
    spoil(file, content)
    with pytest.raises(ConfigError, match=f"{file}.*: expected"):
        async with opened(config):
            pass


def test_the_device_is_who_its_certificate_says(config: CloudConfig) -> None:
    assert device_uuid(config.certificate) == DEVICE


def test_a_certificate_that_names_no_device_is_refused(
    config: CloudConfig, authorities: Authorities, elsewhere: Path
) -> None:
    for file in (authorities.servers.server(elsewhere)[0], config.ca, config.key, elsewhere / "absent.pem"):
        with pytest.raises(ConfigError, match=f"{file}: expected a device's certificate"):
            device_uuid(file)
