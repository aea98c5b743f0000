"""Several workers serve one database: they share the load, and none is missed for long."""

import asyncio
import os
import signal
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientError

from cloud_api import workers
from cloud_api.app import Settings
from cloud_api.errors import SetupError
from cloud_api.folder.layout import Listening
from cloud_api.worker import Task
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, cloud_process, session

pytestmark = pytest.mark.on_postgresql
START = datetime(2020, 1, 1, tzinfo=UTC)


def children(parent: int) -> set[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {int(number) for number in listed}


async def upload(cloud: Cloud, home: Home, listening: Listening, number: int) -> dict[str, int]:
    """By a connection of its own, so that any worker may get it; again while a worker is away."""
    async with session(listening.device.at("localhost"), cloud.folder.ca, home.bundle) as client:
        while True:
            try:
                body = measured(home.meter, (START + timedelta(minutes=15 * number)).isoformat())
                status, answer = await ask(client, "POST", UPLOAD, json=body)
            except ClientError:
                continue
            assert status == 200
            return dict(answer)


async def test_a_killed_worker_is_followed_and_nothing_answered_is_lost(cloud: Cloud, granted: Home) -> None:
    async with cloud.away():
        async with cloud_process(cloud.folder.path, *cloud.options, "--workers", "2") as (process, listening):
            before = children(process.pid)
            assert len(before) == 2
            stored = Counter[str]()
            async with asyncio.timeout(20):
                for answer in await asyncio.gather(*(upload(cloud, granted, listening, n) for n in range(20))):
                    stored.update(answer)
                killed = min(before)
                os.kill(killed, signal.SIGKILL)
                for answer in await asyncio.gather(*(upload(cloud, granted, listening, n) for n in range(40))):
                    stored.update(answer)
                while len(children(process.pid) - {killed}) < 2:  # noqa: ASYNC110  # it sets no event of ours
                    await asyncio.sleep(0.05)
            assert children(process.pid) & before == before - {killed}
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        async with cloud.database() as database, database.read() as connection:
            rows = (await connection.exec_driver_sql("SELECT count(*) FROM measurement")).scalar()
    assert stored["stored"] <= 40 == rows


async def test_workers_end_with_whoever_began_them(cloud: Cloud, granted: Home) -> None:
    async with cloud.away(), cloud_process(cloud.folder.path, *cloud.options, "--workers", "2") as (process, _):
        serving = children(process.pid)
        process.kill()
        await process.wait()
        async with asyncio.timeout(10):
            while any(Path(f"/proc/{number}/cmdline").exists() for number in serving):  # noqa: ASYNC110  # the same
                await asyncio.sleep(0.05)


async def test_consent_revoked_at_one_worker_ends_at_all(cloud: Cloud, granted: Home) -> None:
    async with cloud.away(), cloud_process(cloud.folder.path, *cloud.options, "--workers", "2") as (_, listening):
        url = listening.device.at("localhost")
        async with asyncio.timeout(20):
            async with AsyncExitStack() as stack:
                sessions = [session(url, cloud.folder.ca, granted.bundle) for _ in range(8)]
                clients = [await stack.enter_async_context(one) for one in sessions]
                assert [(await ask(client, "GET", "/household"))[0] for client in clients] == [200] * 8
                assert (await ask(clients[0], "DELETE", "/household/consent"))[0] == 200
                assert [(await ask(client, "GET", "/household"))[0] for client in clients] == [403] * 8


@pytest.mark.parametrize("count", [2, 8])
def test_sqlite_is_for_one_worker(tmp_path: Path, count: int) -> None:
    with pytest.raises(SetupError, match=rf"--workers {count}: SQLite serves one worker"):
        workers.shared(tmp_path / "cloud.db", count)


async def test_a_port_that_others_share_is_not_shared_by_accident(cloud: Cloud) -> None:
    with (
        workers._listen("127.0.0.1", 0, shared=True) as taken,
        pytest.raises(SetupError, match="cannot listen"),
    ):
        workers._free("127.0.0.1", taken.getsockname()[1])


def test_a_worker_is_told_every_setting_but_those_of_whoever_begins_it() -> None:
    told = set(Task.__struct_fields__) - {"verbose"}
    assert told == {field.name for field in fields(Settings)} - {"port", "pages_port", "metrics"}
