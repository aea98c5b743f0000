"""The service as systemd starts and ends it: ready when it serves, gone within five seconds, its database whole."""

import asyncio
import os
import signal
import sqlite3
import sys
import time
from contextlib import suppress
from pathlib import Path

from edge_app import config
from edge_app.store import Store
from edge_app.store.database import looking
from edge_app.store.measurements import kept_count
from tests.cloud.running import Cloud, running_cloud
from tests.edge.lines import tcp
from tests.edge.speaking import telegrams
from tests.fleet.supervising import Ear, ear
from tests.waiting import until
from tests.wire.conftest import connected

SETTINGS = """
[schedule]
interval = 1
clock = "trusted"

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
    given = settings.read_text().partition("[[meter]]")[0].replace("[cloud]\n", "[cloud]\nupload_every = 1\n")
    given = given.replace("[pages]\n", '[pages]\nhost = "127.0.0.1"\nport = 0\n')
    settings.write_text(given + SETTINGS.format(uuid=household["meters"][0]["uuid"], port=port))
    async with connected(config.load(folder).cloud) as client:
        await client.grant("2026-11")


async def kept_in(database: Path) -> int:
    """How many measurements were kept, by a database that opens whole."""
    async with Store.open(database, ballast=4096) as store:
        kept: int = await store.run(lambda db: db["measurement"].count)
        return kept


def measured(folder: Path) -> int:
    """The same beside the service that writes."""
    with suppress(sqlite3.Error), looking(folder / "edge.db") as db:
        return kept_count(db)
    return 0


async def started(folder: Path, supervisor: Ear) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from edge_app.cli import main; raise SystemExit(main())"),
        *("--config", str(folder), "run"),
        env={**os.environ, "NOTIFY_SOCKET": supervisor.address, "WATCHDOG_USEC": "2000000"},
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_says_when_it_is_ready_lives_and_ends_at_once_with_its_database_whole(tmp_path: Path) -> None:
    folder, said = tmp_path / "device", list[str]()
    async with running_cloud(tmp_path / "cloud") as cloud, tcp() as line:
        with ear(tmp_path) as supervisor:
            await provisioned(cloud, folder, line.url)
            process = await started(folder, supervisor)

            def lives() -> bool:
                line.say(telegrams("DD3", count=1)[0])
                said.extend(supervisor.words())
                return said.count("WATCHDOG=1") >= 5 and measured(folder) > 0

            try:
                await until(lives, seconds=60)
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                _, words = await asyncio.wait_for(process.communicate(), 2 * STOP)
                took = time.monotonic() - began
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        kept = await kept_in(folder / "edge.db")
    assert said[0] == "READY=1"
    assert (process.returncode, took < STOP) == (0, True), words.decode()
    assert "Traceback" not in words.decode()
    assert kept > 0, words.decode()
