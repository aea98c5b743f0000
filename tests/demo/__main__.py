"""`make demo`: from the light of a meter to the cloud, on one machine."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import aiohttp

from tests.demo.household import METERS
from tests.demo.observer import Observer
from tests.demo.processes import DemoError
from tests.demo.scene import SLOT, Scene, fresh, set_up
from tests.demo.stage import running, until

ENOUGH = 3
"""Measurements of each meter in the cloud after which `--once` is content."""


async def demonstrate(folder: Path, *, once_only: bool) -> None:
    """Set everything up and show its progress. Raises DemoError."""
    say(f"everything is kept in {folder}")
    scene = await set_up(folder)
    say(f"registered a household with {len(scene.meters)} meters and provisioned its device")
    async with running(scene) as observer:
        authority = scene.folder / "cloud" / "ca.pem"
        say(f"the device's page:  http://localhost:{scene.ports.edge}/")
        say("its access codes:   {} for the participant, {} for the installer".format(*scene.codes))
        for frontend, group in (("registration", "researcher"), ("status", "administrator")):
            address = f"https://localhost:{scene.ports.pages}/{frontend}"
            say(f"{f'the {group}:':<20}{address} (its secret: {scene.folder / 'cloud' / 'secrets' / group})")
        say(f"the Data API:       https://localhost:{scene.ports.pages}/openapi.json (its authority: {authority})")
        say(f"consent is granted; every {SLOT} seconds is a quarter of an hour now, and the sun hurries")
        if once_only:
            await until(lambda: arrived(scene, observer), "the data did not arrive")
            await read_back(scene, observer)
            return
        while True:
            await report(scene, observer)
            await asyncio.sleep(2)


async def report(scene: Scene, observer: Observer) -> list[int]:
    """Say in one line what each end holds; the cloud's counts, meter by meter, -1 while it is away."""
    try:
        counts = [len(await observer.measurements(meter)) for meter in scene.meters]
    except (aiohttp.ClientError, TimeoutError):
        say("the cloud is away")
        return [-1]
    measured, waiting = observer.device()
    names = "  ".join(f"{meter.model} {number}" for meter, number in zip(METERS, counts, strict=True))
    say(f"device: {measured} measured, {waiting} waiting    cloud: {sum(counts)} ({names})")
    return counts


async def arrived(scene: Scene, observer: Observer) -> bool:
    return min(await report(scene, observer)) >= ENOUGH


async def read_back(scene: Scene, observer: Observer) -> None:
    say("read back from the cloud:")
    for meter, uuid in zip(METERS, scene.meters, strict=True):
        for measurement in (await observer.measurements(uuid))[:ENOUGH]:
            values = "  ".join(f"{code} {value}" for entry in measurement["data"] for code, value in entry.items())
            say(f"  {meter.model:<6} {measurement['time']:<28} {values}")


def say(text: str) -> None:
    print(text, flush=True)


async def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("demo-data"))
    parser.add_argument("--once", action="store_true", help="end as soon as the data has arrived")
    given = parser.parse_args()
    try:
        showing = asyncio.create_task(demonstrate(fresh(given.data), once_only=given.once))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, showing.cancel)
        await showing
    except asyncio.CancelledError:
        say("stopped; nothing runs any more")
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
