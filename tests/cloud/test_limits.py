"""Slow and silent clients are let go, and what fails here is told without telling anything else."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientError
from sqlalchemy.exc import OperationalError

from cloud_api import app
from cloud_api.api import door
from cloud_api.store import measurements
from tests.cloud.asking import UPLOAD, ask, code, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud

TIME = "2026-11-24T10:15:02.118Z"
SHORT = 0.2


async def test_who_never_shakes_hands_is_let_go(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "HANDSHAKE", SHORT)
    async with cloud.away():
        pass
    reader, writer = await asyncio.open_connection("127.0.0.1", cloud.listening.device.port)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nHost: loc"])
async def test_who_never_finishes_its_headers_is_let_go(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(app, "IDLE", SHORT)
    async with cloud.away():
        pass
    context = ssl.create_default_context(cafile=cloud.folder.ca)
    reader, writer = await asyncio.open_connection("localhost", cloud.listening.pages.port, ssl=context)
    writer.write(said)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "said",
    [
        b"a letter\r\n\r\n",
        b"BREW /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
        b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused_like_everything_else(cloud: Cloud, said: bytes) -> None:
    context = ssl.create_default_context(cafile=cloud.folder.ca)
    for port in (cloud.listening.device.port, cloud.listening.pages.port):
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        writer.write(said)
        async with asyncio.timeout(5):
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert b" 400 " in head.partition(b"\r\n")[0]
        assert b"Content-Type: application/problem+json" in head.split(b"\r\n")
        document = json.loads(body)
        assert (document["status"], document["type"].rpartition(":")[2]) == (400, "no-http")
        assert said[:20].decode() not in document["detail"]
        writer.close()
        await writer.wait_closed()


async def test_a_body_that_drips_is_refused(granted: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "LONGEST", SHORT)
    never = asyncio.Event()

    async def drip() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()

    headers = {"Content-Type": "application/json"}
    refusal = asyncio.create_task(code(granted.client, "POST", UPLOAD, data=drip(), headers=headers))
    async with asyncio.timeout(5):
        assert await refusal == (408, "too-slow")


async def test_what_fails_here_is_told_by_number_alone(
    granted: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise OperationalError("INSERT secret", {"secret": "value"}, ValueError("secret value"))

    monkeypatch.setattr(measurements, "add", fail)
    status, body = await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, TIME))
    assert (status, body["type"].rpartition(":")[2]) == (500, "internal")
    assert "secret" not in str(body)
    number = body["detail"].split()[-1]
    assert [record.name for record in caplog.records if number in record.getMessage()] == ["cloud_api.api.door"]


async def test_a_service_without_its_database_is_not_ready(cloud: Cloud) -> None:
    async with cloud.people() as people:
        hidden = cloud.folder.database.rename(cloud.folder.path / "hidden")
        (cloud.folder.path / "cloud.db").mkdir()
        assert (await code(people, "GET", "/readyz")) == (503, "unavailable")
        assert (await ask(people, "GET", "/healthz"))[0] == 200
        (cloud.folder.path / "cloud.db").rmdir()
        hidden.rename(cloud.folder.database)
        assert (await ask(people, "GET", "/readyz"))[0] == 200


async def test_while_the_cloud_is_away_nobody_answers(cloud: Cloud, home: Home) -> None:
    async with cloud.away():
        with pytest.raises(ClientError):
            await home.client.get("/healthz")
    assert (await ask(home.client, "GET", "/healthz"))[0] == 200
