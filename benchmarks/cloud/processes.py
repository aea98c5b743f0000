"""The processes of a run: those that serve, the one that sends, and what of the processors each took."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.cloud.load import Load, Task

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What was sent, and the cores that sending and serving took: about 1 is a Python process that can no more."""

    load: Load
    client: float
    server: float


@asynccontextmanager
async def served(module: str, *arguments: str) -> AsyncIterator[tuple[int, int]]:
    """A module of ours that says its port in its first line; its process id and the port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(20):
            port = int(await process.stdout.readline())
        yield process.pid, port
    finally:
        process.terminate()
        await process.wait()


async def send(task: Task, *servers: int) -> Shares:
    """Send, and look at what the servers' processes took meanwhile, those that they began included."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.cloud.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    before = cpu(servers)
    said, _ = await process.communicate(msgspec.json.encode(task))
    if process.returncode:
        raise RuntimeError("the load was not carried")
    load = msgspec.json.decode(said, type=Load)
    return Shares(
        load=load,
        client=load.cpu / load.seconds,
        server=(cpu(servers) - before) / (load.seconds + task.warm),
    )


def cpu(roots: Sequence[int]) -> float:
    """Processor seconds of these processes and of all below them."""
    parents, ticks = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            _, _, rest = (folder / "stat").read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = rest.split()
        parents[int(folder.name)], ticks[int(folder.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    inside = set(roots)
    while grown := {child for child, parent in parents.items() if parent in inside} - inside:
        inside |= grown
    return sum(ticks.get(process, 0) for process in inside) / TICKS


def resident(process: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE


def highest(process: int) -> int:
    """Bytes of memory that a process has held at most; none of one that has ended."""
    status = Path(f"/proc/{process}/status").read_text()
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)
