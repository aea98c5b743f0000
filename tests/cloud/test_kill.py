"""The service is killed in the middle of uploads: what it answered is there, once."""

import asyncio
import os
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from aiohttp import ClientError, ClientSession

from cloud_api.store.moments import to_micros
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, cloud_process, session

KILLS = int(os.environ.get("ZAEHLWERK_KILLS", "5"))
"""How often the service is killed: fifty times by `ZAEHLWERK_KILLS=50 pytest tests/cloud/test_kill.py`."""
START = datetime(2020, 1, 1, tzinfo=UTC)


async def upload_until_it_dies(client: ClientSession, meter: str, numbers: "count[int]", answered: set[int]) -> None:
    """Send batches of three, and note the measurements that were acknowledged."""
    while True:
        batch = [next(numbers) for _ in range(3)]
        times = [(START + timedelta(minutes=15 * number)).isoformat() for number in batch]
        try:
            status, _ = await ask(client, "POST", UPLOAD, json=measured(meter, *times))
        except (ClientError, TimeoutError):
            return
        assert status == 200
        answered.update(batch)


async def test_every_answered_upload_is_there_once_after_a_kill(cloud: Cloud, granted: Home) -> None:
    numbers, answered = count(), set[int]()
    async with cloud.away():
        for _ in range(KILLS):
            before = len(answered)
            async with cloud_process(cloud.folder.path) as (process, listening):
                url = listening.device.at("localhost")
                async with session(url, cloud.folder.ca, granted.bundle) as client, asyncio.TaskGroup() as uploads:
                    for _ in range(4):
                        uploads.create_task(upload_until_it_dies(client, granted.meter, numbers, answered))
                    goal = before + random.randint(1, 60)
                    while len(answered) < goal:  # noqa: ASYNC110  # the uploads note it, and have no event to set
                        await asyncio.sleep(0)
                    process.kill()
        stored = stored_numbers(cloud.folder.database, granted.meter)
    assert len(stored) == len(set(stored))
    assert answered <= set(stored)
    assert len(answered) >= KILLS


def stored_numbers(database: Path, meter: str) -> list[int]:
    """The numbers of the measurements in the database, which has to be whole."""
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = db.execute("SELECT time FROM measurement WHERE meter = ?", [UUID(meter).hex]).fetchall()
    quarter = timedelta(minutes=15) // timedelta(microseconds=1)
    return [(micros - to_micros(START)) // quarter for (micros,) in rows]


async def test_what_is_under_way_at_the_end_is_answered_and_stored(cloud: Cloud, granted: Home) -> None:
    numbers, answered = count(), set[int]()
    async with cloud.away():
        async with cloud_process(cloud.folder.path) as (process, listening):
            url = listening.device.at("localhost")
            async with session(url, cloud.folder.ca, granted.bundle) as client, asyncio.TaskGroup() as uploads:
                for _ in range(4):
                    uploads.create_task(upload_until_it_dies(client, granted.meter, numbers, answered))
                while len(answered) < 30:  # noqa: ASYNC110  # the uploads note it, and have no event to set
                    await asyncio.sleep(0)
                process.terminate()
                async with asyncio.timeout(5):
                    assert await process.wait() == 0
        assert answered <= set(stored_numbers(cloud.folder.database, granted.meter))
