"""The service as systemd starts and ends it: ready when it serves, and gone within five seconds with nothing lost."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from edge_app import app, config
from edge_app.store import Store, measurements
from tests.cloud.running import Cloud, running_cloud
from tests.edge.speaking import speaking, telegrams
from tests.fleet.supervising import Ear, ear
from tests.waiting import until
from tests.wire.conftest import connected

SETTINGS = """
[schedule]
interval = 1
clock = "trusted"

[pages]
host = "127.0.0.1"
port = 0

[[meter]]
uuid = "{uuid}"
model = "DD3"
port = "{port}"
"""
STOP = 5.0
"""Seconds."""


async def provisioned(cloud: Cloud, folder: Path, port: str) -> None:
    household = await cloud.add_household()
    await cloud.provision(household["measurement_devices"][0]["uuid"], folder)
    settings = folder / "edge.toml"
    cloud_alone = settings.read_text().partition("[[meter]]")[0].replace("[cloud]\n", "[cloud]\nupload_every = 1\n")
    settings.write_text(cloud_alone + SETTINGS.format(uuid=household["meters"][0]["uuid"], port=port))
    async with connected(config.load(folder).cloud) as client:
        await client.grant(app.CONSENT_TEXT_VERSION)


async def waiting(database: Path) -> tuple[int, int]:
    """How many measurements were kept, and how many of them the cloud has not acknowledged."""
    async with Store.open(database, ballast=4096) as store:
        kept = await store.run(lambda db: db["measurement"].count)
        return kept, await store.run(measurements.waiting)


async def started(folder: Path, supervisor: Ear) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from edge_app.cli import main; raise SystemExit(main())"),
        *("--config", str(folder), "run"),
        env={**os.environ, "NOTIFY_SOCKET": supervisor.address, "WATCHDOG_USEC": "2000000"},
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_says_when_it_is_ready_lives_and_ends_at_once_with_nothing_lost(tmp_path: Path) -> None:
    folder, said = tmp_path / "device", list[str]()
    with speaking(*telegrams("DD3")) as port, ear(tmp_path) as supervisor:
        async with running_cloud(tmp_path / "cloud") as cloud:
            await provisioned(cloud, folder, port)
            process = await started(folder, supervisor)
            try:
                await until(lambda: bool(said.extend(supervisor.words()) or said.count("WATCHDOG=1") >= 5), seconds=30)
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                _, words = await asyncio.wait_for(process.communicate(), 2 * STOP)
                took = time.monotonic() - began
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        kept, _ = await waiting(folder / "edge.db")
    assert said[0] == "READY=1"
    assert (process.returncode, took < STOP, kept > 0) == (0, True, True), words.decode()
    assert "Traceback" not in words.decode()
