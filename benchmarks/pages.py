"""The device's pages while the cloud hangs: how soon each is answered whole, how heavy, how soon it is painted."""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from edge_app.clock import SystemClock
from edge_app.store import answers
from tests.pages.chromium import CHROMIUM, chromium
from tests.pages.home import Home, at_home
from tests.pages.registered import registered

PAGES = (
    "/",
    "/consent",
    "/measurements",
    "/measurements?span=week",
    "/measurements?span=year",
    "/meters",
    "/uploads",
    "/registration",
    "/setup",
    "/setup/slip",
)
ROUNDS = 15
PROMISED = 0.200
"""Seconds after which a page is there."""
PROMISED_PAINT = 1.0
"""Seconds after which something is painted on a slow machine."""
HEAVIEST = 150_000
"""Bytes of a page with all that it loads."""
SLOWER = 6
"""How much slower the browser's processor is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Seconds until the whole answer, median and worst; bytes; seconds until the first paint. By page."""

    name: str = "pages, the cloud hangs"
    answered: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    weighs: Mapping[str, int] = field(default_factory=dict)
    painted: Mapping[str, float] = field(default_factory=dict)

    def lines(self) -> list[str]:
        lines = [self.name]
        for page, (median, worst) in self.answered.items():
            said = f"  {page:<26} {median * 1000:6.0f} ms, at worst {worst * 1000:6.0f} ms"
            said += f"   {worst / PROMISED:5.2f} of what is promised"
            if page in self.painted:
                said += f"   {self.weighs[page] / 1000:6.1f} kB, first paint {self.painted[page] * 1000:5.0f} ms"
            lines.append(said)
        return lines


def run() -> Pages:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(Path(folder)))


async def _run(folder: Path) -> Pages:
    clock = SystemClock()
    async with at_home(folder, clock=clock) as home:
        await home.grant_here()
        now = clock.now().replace(second=2, microsecond=0)
        for slot in range(96):
            await home.measured(at=now - timedelta(minutes=15 * slot), drawn=f"{900 - slot / 8:.4f}", power="0.4")
        await home.store.run(_keep, now - timedelta(hours=5))
        home.cloud_hangs = True
        answered = {page: await _answered(home, page) for page in PAGES}
        if not CHROMIUM.exists():
            return Pages(answered=answered)
        weighs, painted = await _painted(home)
        return Pages(answered=answered, weighs=weighs, painted=painted)


def _keep(db: Database, at: datetime) -> None:
    """The cloud said all this some hours ago."""
    for path, said in registered("Erika Mustermann").items():
        answers.keep(db, path, json.dumps(said), at)


async def _answered(home: Home, page: str) -> tuple[float, float]:
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        await home.read(page)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken), max(taken)


async def _painted(home: Home) -> tuple[dict[str, int], dict[str, float]]:
    weighs, painted = dict[str, int](), dict[str, float]()
    async with chromium() as browser:
        for path in PAGES:
            page = await browser.new_page(locale="de", viewport={"width": 360, "height": 800})
            session = await page.context.new_cdp_session(page)
            await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            await page.goto(str(home.browser.make_url(path)), wait_until="load")
            entries = await page.evaluate(
                "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                ".map(entry => entry.transferSize)"
            )
            weighs[path] = sum(entries)
            first = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
            painted[path] = await (await page.wait_for_function(first)).json_value() / 1000
            await page.close()
    return weighs, painted
