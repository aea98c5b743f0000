"""Reading: how long each endpoint takes with few households and with many, which is to make no difference."""

import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from aiohttp import ClientSession

from benchmarks.cloud import seed, stage
from benchmarks.cloud.databases import Kind, databases
from cloud_api.access.shared_secrets import Group
from cloud_api.api.routes import DEVICE, MANAGEMENT
from cloud_api.folder.layout import DataFolder
from cloud_api.store.database import Database
from tests.cloud.running import cloud_process, session

FEW, MANY = 1_000, 100_000
ASKING = 5
"""Households that are asked for."""
TIMES = 6
"""How often each of them is, in turn."""
FLAT = 1.5
"""How many times as long an endpoint may take with many households."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Milliseconds of each question, with few and with many households; the median."""

    name: str
    few: dict[str, float]
    many: dict[str, float]
    refused: list[str]
    """Questions that were not answered with 200, for there was nothing of the kind."""

    def lines(self) -> list[str]:
        rows = [
            f"  {what:<62} {few:8.1f} ms {self.many[what]:8.1f} ms {self.many[what] / few:6.2f} times"
            for what, few in self.few.items()
        ]
        slow = [what for what, few in self.few.items() if self.many[what] > FLAT * few]
        return [self.name, *rows, f"  over {FLAT} times: {', '.join(slow) or 'none'}", *self._unasked()]

    def _unasked(self) -> list[str]:
        return [f"  without an answer to measure: {', '.join(self.refused)}"] if self.refused else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One for each database."""

    name: str
    readings: list[Reading]

    def lines(self) -> list[str]:
        return [line for reading in self.readings for line in reading.lines()]


def questions(household: UUID) -> dict[str, tuple[Group | None, str]]:
    """Each endpoint that reads, by its name: who asks, and which path."""
    made: dict[str, tuple[Group | None, str]] = {}
    for route in [*DEVICE, *MANAGEMENT]:
        if route.method == "GET":
            group = route.needs if isinstance(route.needs, Group) else None
            place = seed.part(household, 1) if "/meter/" in route.path else household
            place = seed.part(household, 0) if "/status/" in route.path else place
            made[route.path] = group, route.path.replace("{uuid}", str(place))
    meter = f"/household/meter/{seed.part(household, 1)}/measurement"
    since = (datetime.now(UTC) - timedelta(days=300)).strftime("%Y-%m-%dT00:00:00Z")
    for what in (
        f"from={since}&limit=96",
        f"from={since}&limit=96&step=15min",
        f"from={since}&limit=168&step=hour",
        f"from={since}&limit=31&step=day",
    ):
        made[f"…/measurement?{what.replace(since, '…')}"] = None, f"{meter}?{what}"
    del made["/openapi.json"]
    return made


async def measure(years: int) -> Readings:
    with tempfile.TemporaryDirectory(prefix="zaehlwerk-bench-") as name, databases(Path(name)) as kinds:
        return Readings(name="reading", readings=[await _measure(Path(name), kind, years) for kind in kinds])


async def _measure(root: Path, kind: Kind, years: int) -> Reading:
    folder = DataFolder(root / kind.name)
    await stage.set_up(folder, kind.place)
    async with Database.open(kind.place) as database:
        first = await seed.households(database, FEW)
        await seed.years(database, first[:years])
        asked = first[: min(ASKING, years)]
        bundles = [await stage.provide(folder, database, seed.part(household, 0)) for household in asked]
    kind.settle()
    few, refused = await _ask(folder, kind, asked, bundles)
    async with Database.open(kind.place) as database:
        await seed.strangers(database, MANY - FEW)
    kind.settle()
    many, _ = await _ask(folder, kind, asked, bundles)
    name = f"reading on {kind.name}: {FEW} and {MANY} households, {years} with a year of two meters"
    return Reading(name=name, few=few, many=many, refused=refused)


async def _ask(
    folder: DataFolder, kind: Kind, asked: list[UUID], bundles: list[Path]
) -> tuple[dict[str, float], list[str]]:
    taken: defaultdict[str, list[float]] = defaultdict(list)
    refused: set[str] = set()
    async with cloud_process(folder.path, "--database", stage.url_of(kind.place)) as (_, listening):
        for household, bundle in zip(asked, bundles, strict=True):
            async with (
                session(listening.device.at("localhost"), folder.ca, bundle) as device,
                session(listening.pages.at("localhost"), folder.ca) as people,
            ):
                await _ask_all(device, people, folder, household, taken, refused)
    return {what: statistics.median(times) * 1000 for what, times in taken.items()}, sorted(refused)


async def _ask_all(
    device: ClientSession,
    people: ClientSession,
    folder: DataFolder,
    household: UUID,
    taken: defaultdict[str, list[float]],
    refused: set[str],
) -> None:
    asked = list(questions(household).items())
    for _ in range(TIMES):
        random.shuffle(asked)
        for what, (group, path) in asked:
            headers = {"Authorization": f"Bearer {(folder.secrets / group).read_text()}"} if group else {}
            begin = time.perf_counter()
            async with (people if group else device).get(path, headers=headers) as answer:
                await answer.read()
            if answer.status == 200:
                taken[what].append(time.perf_counter() - begin)
            else:
                refused.add(f"{what} ({answer.status})")


def run(*, years: int) -> Readings:
    return asyncio.run(measure(years))
