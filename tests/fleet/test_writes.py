"""What three hours of the whole service with two meters write to its card, as Linux counts it; time passes in jumps."""

import asyncio
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web

from edge_app import app, config
from edge_app.store.database import looking
from edge_app.store.measurements import kept_count, waiting
from edge_app.testing import HandClock
from tests.edge.lines import tcp
from tests.edge.speaking import telegrams
from tests.sync.authority import Authority
from tests.sync.cloud import Cloud, serving
from tests.waiting import until

DEVICE = UUID("0a5e8c6e-1111-4222-8333-444455556666")
METERS = (UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01"), UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02"))
MOST = 5_000_000
"""Bytes a day."""
STEP, SLOT, LENGTH, DAY = 450, 900, 3 * 3600, 86_400
SETTINGS = """
[cloud]
url = "{url}"

[schedule]
clock = "trusted"

[pages]
host = "127.0.0.1"
port = 0
announce = false
"""
METER = """
[[meter]]
uuid = "{uuid}"
model = "{model}"
port = "{port}"
"""


class CloudWithLedger(Cloud):
    """A cloud that lacks nothing, and knows the time that the device knows."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock = clock

    async def handle(self, request: web.Request) -> web.StreamResponse:
        answer = await self._answer(request)
        answer.headers["Date"] = format_datetime(self._clock.now(), usegmt=True)
        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/household/ledger/lacking":
            return web.json_response({"lacking": []})
        if request.path == "/household/ledger/missing":
            return web.json_response({"slots": 0})
        return await super().handle(request)


def written() -> int:
    """Bytes that this process has caused to be written to a disk so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def count(folder: Path, what: str = "kept") -> int:
    with suppress(sqlite3.Error), looking(folder / "edge.db") as db:
        return kept_count(db) if what == "kept" else waiting(db)
    return 0


async def test_with_two_meters_less_than_five_megabytes_a_day_are_written(tmp_path: Path) -> None:
    before = written()
    (tmp_path / "probe").write_bytes(bytes(4096))
    if written() == before:
        pytest.skip("what is written here goes to no disk")
    servers, devices = Authority.make("servers"), Authority.make("devices")
    devices.device(tmp_path, DEVICE)
    servers.write(tmp_path / "ca.pem")
    (tmp_path / "cloud").mkdir()
    certificate = servers.server(tmp_path / "cloud")
    clock = HandClock(datetime.now(UTC).replace(minute=1))
    said = [telegrams(model, count=1)[0] for model in ("DD3", "MT681")]
    async with (
        serving(CloudWithLedger(clock), certificate, devices.write(tmp_path / "devices.pem")) as cloud,
        tcp() as first,
        tcp() as second,
    ):
        lines = (first, second)
        text = SETTINGS.format(url=cloud.url)
        for uuid, model, line in zip(METERS, ("DD3", "MT681"), lines, strict=True):
            text += METER.format(uuid=uuid, model=model, port=line.url)
        (tmp_path / "edge.toml").write_text(text)
        device = asyncio.create_task(app.serve(config.load(tmp_path), clock))
        try:
            await until(lambda: first.connected.is_set() and second.connected.is_set(), seconds=60)
            started = written()
            for step in range(LENGTH // STEP):
                for line, telegram in zip(lines, said, strict=True):
                    line.say(telegram)
                expected = 2 * (1 + (step * STEP + 60) // SLOT)
                await until(lambda: count(tmp_path) >= expected, seconds=60)  # noqa: B023  # within the round
                await clock.advance(STEP)
                assert not device.done()
            await until(lambda: count(tmp_path, "waiting") < 2 * 8, seconds=60)
            taken = written() - started
            kept = count(tmp_path)
        finally:
            device.cancel()
            await asyncio.wait([device])
    print(f"{taken / 1e6:.2f} MB for {kept} measurements and {len(cloud.batches)} uploads")  # noqa: T201  # the figure
    assert kept >= 2 * LENGTH // SLOT
    assert len(cloud.batches) >= LENGTH // 3600
    assert taken * DAY / LENGTH < MOST
