"""What lasting load leaves: fresh connections a second, and the memory of the process from beginning to end."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cloud import processes, stage
from benchmarks.cloud.load import Task
from benchmarks.cloud.uploads import CONNECTIONS
from cloud_api.folder.layout import DataFolder
from tests.cloud.running import cloud_process

MIB = 1024 * 1024
DIALLING = 8
"""Devices that make one connection after another at the same time."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """On SQLite. Memory in MiB: before any load, after a tenth of it, at its end, and at its highest."""

    name: str
    minutes: float
    connections: float
    """Fresh ones a second, each with one question."""
    client: float
    server: float
    uploads: int
    idle: float
    early: float
    end: float
    highest: float

    def lines(self) -> list[str]:
        return [
            self.name,
            f"  fresh connections {self.connections:6.0f}/s  cores: client {self.client:.2f}, server {self.server:.2f}",
            f"  memory in {self.minutes:g} minutes of load, {self.uploads} uploads: before {self.idle:.0f} MiB, "
            f"after a tenth {self.early:.0f}, highest {self.highest:.0f}, at the end {self.end:.0f}: "
            f"{self.end / self.early:.2f} times what it was after a tenth",
        ]


async def measure(seconds: float, minutes: float) -> Lasting:
    with tempfile.TemporaryDirectory(prefix="zaehlwerk-bench-") as name:
        folder = DataFolder(Path(name))
        await stage.set_up(folder, folder.database)
        speakers = await stage.speakers(folder, folder.database, CONNECTIONS)
        async with cloud_process(folder.path) as (process, listening):
            idle = processes.resident(process.pid)
            port, length = listening.device.port, minutes * 60
            dial = Task(port=port, kind="handshakes", speakers=speakers[:DIALLING], seconds=seconds, warm=0)
            dialled = await processes.send(dial, process.pid)
            load = Task(port=port, kind="json", speakers=speakers, seconds=length)
            sending = asyncio.create_task(processes.send(load, process.pid))
            seen = [idle]
            while not sending.done():
                await asyncio.wait([sending], timeout=min(LOOK_EVERY, length / 20))
                seen.append(processes.resident(process.pid))
            sent = await sending
    return Lasting(
        name="fresh connections, and memory under lasting load, on SQLite",
        minutes=minutes,
        connections=dialled.load.rate,
        client=dialled.client,
        server=dialled.server,
        uploads=sent.load.answers,
        idle=idle / MIB,
        early=seen[len(seen) // 10] / MIB,
        end=seen[-1] / MIB,
        highest=max(seen) / MIB,
    )


def run(seconds: float, minutes: float) -> Lasting:
    return asyncio.run(measure(seconds, minutes))
