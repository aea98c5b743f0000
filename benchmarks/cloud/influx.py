"""InfluxDB 1.6, another store of time series, as Debian delivers it, with the same values in its line protocol."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientConnectionError, ClientSession

PROGRAM = "influxd"
SETTINGS = """
reporting-disabled = true
bind-address = "127.0.0.1:{inner}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
"""


def installed() -> bool:
    return shutil.which(PROGRAM) is not None


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[int, int]]:
    """Its process and its port. It speaks plain HTTP and asks nobody who they are."""
    port, inner = _free(), _free()
    settings = _settings(folder, port=port, inner=inner)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(PROGRAM, "-config", settings, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(30), ClientSession(f"http://127.0.0.1:{port}") as client:
            while not await _made(client):  # noqa: ASYNC110  # another process, which can set no event of ours
                await asyncio.sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        await process.wait()


def _settings(folder: Path, *, port: int, inner: int) -> Path:
    folder.mkdir()
    file = folder / "influxdb.conf"
    file.write_text(SETTINGS.format(folder=folder, port=port, inner=inner))
    return file


async def _made(client: ClientSession) -> bool:
    """Whether there is a database to write to now."""
    try:
        async with client.post("/query", data={"q": "CREATE DATABASE bench"}) as answer:
            return answer.status == 200
    except ClientConnectionError:
        return False


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
