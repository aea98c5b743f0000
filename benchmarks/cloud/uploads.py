"""Uploads a second, eight measurements to a batch, beside what bounds them and beside InfluxDB."""

import asyncio
import statistics
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from benchmarks.cloud import bulk, influx, processes, stage
from benchmarks.cloud.databases import Kind, databases
from benchmarks.cloud.load import SLOTS, Speaker, Task
from benchmarks.cloud.processes import Shares
from cloud_api.folder.layout import DataFolder
from tests.cloud.running import cloud_process

CONNECTIONS = 32
BATCH = 2 * SLOTS
GOALS = {"SQLite": 1 / 2, "PostgreSQL": 1 / 3}
"""The part of the lower limit that is to be reached."""
P99 = 50.0
"""Milliseconds in which 99 of 100 uploads are to be answered."""
INFLUX = 1.5
"""How many times InfluxDB's uploads ours are to be."""
INFLUXDB = "InfluxDB 1.6, plain HTTP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """By who takes them: uploads a second, milliseconds until half and 99 of 100 are answered, cores that it takes."""

    name: str
    rate: dict[str, float]
    p50: dict[str, float]
    p99: dict[str, float]
    client: dict[str, float]
    server: dict[str, float]
    bulk: dict[str, float]
    """Measurements a second by the plain driver."""

    def lines(self) -> list[str]:
        rows = [
            f"  {who:<28} {rate:7.0f}/s {rate * BATCH:8.0f}/s {self.p50[who]:7.1f} ms {self.p99[who]:7.1f} ms"
            f"  {self.client[who]:5.2f} {self.server[who]:5.2f}"
            for who, rate in self.rate.items()
        ]
        head = f"  {'':<28} {'uploads':>9} {'measured':>10} {'p50':>10} {'p99':>10}   cores: client, server"
        drivers = [f"  {f'{who}, plain driver':<28} {'':9} {rate:8.0f}/s" for who, rate in self.bulk.items()]
        return [self.name, head, *rows, *drivers, *self._ratios()]

    def _ratios(self) -> list[str]:
        told = []
        for who, driver in self.bulk.items():
            ours = self.rate[who]
            limit = min(self.rate[bare(who)], driver / BATCH)
            told.append(
                f"  {who}: {ours / limit:.2f} of the lower limit (goal {GOALS[who]:.2f}), "
                f"p99 {self.p99[who] / P99:.2f} of {P99:.0f} ms"
            )
            if INFLUXDB in self.rate:
                told[-1] += f", {ours / self.rate[INFLUXDB]:.2f} times InfluxDB (goal {INFLUX})"
        return told


def bare(kind: str) -> str:
    """Who answers without storing, on such a database."""
    return f"{kind}, without storing"


async def measure(seconds: float, rounds: int) -> Uploads:
    with tempfile.TemporaryDirectory(prefix="zaehlwerk-bench-") as name:
        root = Path(name)
        with databases(root) as kinds:
            return await _measure(root, kinds, seconds, rounds)


async def _measure(root: Path, kinds: list[Kind], seconds: float, rounds: int) -> Uploads:
    taken: defaultdict[str, list[Shares]] = defaultdict(list)
    inserted: defaultdict[str, list[float]] = defaultdict(list)
    loads: dict[str, tuple[Task, tuple[int, ...]]] = {}
    speakers: list[Speaker] = []
    async with AsyncExitStack() as running:
        for kind in kinds:
            folder = DataFolder(root / kind.name)
            await stage.set_up(folder, kind.place)
            speakers = await stage.speakers(folder, kind.place, CONNECTIONS)
            options = ("--database", stage.url_of(kind.place))
            process, listening = await running.enter_async_context(cloud_process(folder.path, *options))
            task = Task(port=listening.device.port, kind="json", speakers=speakers, seconds=seconds)
            loads[kind.name] = task, (process.pid, *kind.processes)
            pid, port = await running.enter_async_context(
                processes.served("benchmarks.cloud.bare", str(folder.path), stage.url_of(kind.place))
            )
            loads[bare(kind.name)] = structs.replace(task, port=port), (pid, *kind.processes)
        if influx.installed():
            pid, port = await running.enter_async_context(influx.running(root / "influx"))
            loads[INFLUXDB] = Task(port=port, kind="lines", speakers=speakers, seconds=seconds), (pid,)
        else:
            print("InfluxDB is not installed, and is left out (Debian: influxdb)")
        for _ in range(rounds):
            for who, (task, servers) in loads.items():
                taken[who].append(await processes.send(task, *servers))
            for kind in kinds:
                inserted[kind.name].append(await bulk.rate(kind.place, min(seconds, 3.0)))
    middle = {who: sorted(shares, key=lambda each: each.load.rate)[len(shares) // 2] for who, shares in taken.items()}
    return Uploads(
        name=f"uploads of {BATCH} measurements over {CONNECTIONS} kept-alive connections, mutual TLS",
        rate={who: shares.load.rate for who, shares in middle.items()},
        p50={who: shares.load.p50 for who, shares in middle.items()},
        p99={who: shares.load.p99 for who, shares in middle.items()},
        client={who: shares.client for who, shares in middle.items()},
        server={who: shares.server for who, shares in middle.items()},
        bulk={who: statistics.median(rates) for who, rates in inserted.items()},
    )


def run(seconds: float, rounds: int) -> Uploads:
    return asyncio.run(measure(seconds, rounds))
