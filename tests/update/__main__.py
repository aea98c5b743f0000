"""`make update-proof`: good and bad updates of a running device, and the power cut at random again and again.

With each cut the service, its supervisor and the updater end at once, with all that they have started, and each third
time the cloud too. After each the device comes back by itself. In the end, one working version has to run, and whatever
was seen on the device has to be in the cloud exactly once.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.demo.observer import Observer
from tests.demo.stage import until
from tests.update.house import CRASH, MUTE, House, cut, furnish, lived_in

WITHIN = (6.0, 20.0, 45.0)
"""Seconds until a cut, at most: one of these, so that every part of an update is met."""
KINDS = ((None, 2), (CRASH, 1), (MUTE, 1))
"""What is published, and how often in proportion."""


async def prove(folder: Path, *, cuts: int, seed: int) -> int:
    rng, began = random.Random(seed), time.monotonic()
    house = await furnish(folder)
    outcomes, seen, good = Counter[str](), set[int](), {"0.1.0"}
    async with lived_in(house) as (observer, _):
        supervisor = house.supervise()
        await until(lambda: measures(house, set()), "nothing was measured")
        for number in range(1, cuts + 1):
            report = house.report
            if number == 1 or (report and report.state in {"kept", "current", "rolled-back", "refused"}):
                version, kind = f"0.1.{number}", rng.choices(*zip(*KINDS, strict=True))[0]
                await house.publish(version, kind)
                good |= set() if kind else {version}
            round_of_update = house.update()
            await asyncio.sleep(rng.uniform(0, rng.choice(WITHIN)))
            report = house.report
            at = (report.state if report else "before") if round_of_update.poll() is None else "after a round"
            outcomes[at] += 1
            seen |= house.measured()
            cut(round_of_update, supervisor)
            if number % 3 == 0:
                os.kill(int((folder / "cloud.pid").read_text()), signal.SIGKILL)
            sound(house, good)
            supervisor = house.supervise()
            say(f"cut {number}: {at}; {house.slots.of('current')} runs, {house.slots.of('kept')} is kept")
        faults = await settle(house, observer, seen, good)
        cut(supervisor)
    say(f"{cuts} cuts in {time.monotonic() - began:.0f} s, at: {dict(outcomes)}")
    say(f"{house.slots.of('kept')} runs; {len(house.journal.failures.failed)} versions were given up")
    say("\n".join(faults) or f"no fault: {len(seen)} measurements seen, each of them in the cloud once")
    return 1 if faults else 0


def sound(house: House, good: set[str]) -> None:
    """Raise when a cut has left half a slot, or has kept a version that does not work."""
    for link in ("current", "kept", "image"):
        version = house.slots.of(link)  # type: ignore[arg-type]  # a tuple of these words is one of texts
        if version is None or not house.slots.is_sealed(version):
            raise SystemExit(f"{link} leads to {version}, which is no whole slot")
    if house.slots.of("kept") not in good:
        raise SystemExit(f"{house.slots.of('kept')} was kept and does not work")


async def settle(house: House, observer: Observer, seen: set[int], good: set[str]) -> list[str]:
    """Let all be done in peace; what is wrong then."""
    for _ in range(3):
        await asyncio.to_thread(house.update().wait)
    faults = []
    if house.slots.of("current") != house.slots.of("kept") or house.slots.of("current") not in good:
        faults.append(f"{house.slots.of('current')} runs, {house.slots.of('kept')} was kept")
    before = house.measured()
    await until(lambda: measures(house, before), "the device does not measure any more")
    seen |= house.measured()

    async def all_in_the_cloud() -> bool:
        return seen <= set(await in_cloud(house, observer))

    try:
        await until(all_in_the_cloud, "measurements are missing in the cloud")
    except Exception as error:  # said with all the others
        faults.append(str(error))
    held = Counter(await in_cloud(house, observer))
    faults += (
        [f"{len(twice)} measurements are in the cloud twice"] if (twice := [t for t in held if held[t] > 1]) else []
    )
    return faults


async def measures(house: House, before: set[int]) -> bool:
    return len(house.measured() - before) > 0


async def in_cloud(house: House, observer: Observer) -> list[int]:
    """When the cloud's measurements were taken, in microseconds since 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [datetime.fromisoformat(each["time"]) for each in await observer.measurements(house.scene.meters[0])]
    return [(moment - epoch) // timedelta(microseconds=1) for moment in moments]


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make update-proof", description=__doc__)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="update-proof-"))
    status = asyncio.run(prove(folder / "house", cuts=given.cuts, seed=given.seed))
    if status == 0:
        shutil.rmtree(folder)
    else:
        say(f"everything is kept in {folder}")
    return status


if __name__ == "__main__":
    sys.exit(main())
