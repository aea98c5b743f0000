"""Carry the image test out: python -m tests.image.emulator [--debian 12|13] [--machine amd64|arm64] [--fresh].

For amd64 the whole machine boots. For arm64, as a Raspberry Pi is, a root is made and the application started in it,
each program emulated by qemu-user-static: to boot, that would take too long.
"""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp

from tests.image.emulator.machine import Machine, booted
from tests.image.emulator.scene import Scene, set_up
from tests.image.emulator.steps import step

HERE = Path(__file__).parent
IMAGE = HERE.parents[2] / "image"
STAGE = IMAGE / "stage-zaehlwerk"
KEPT = Path(os.environ.get("IMAGE_TEST_CACHE", "/var/cache/zaehlwerk-image"))
"""Where roots stay between runs."""
RELEASES = {"12": ("bookworm", "311"), "13": ("trixie", "313")}
MACHINES = {"amd64": ("x86_64", "linux-image-cloud-amd64"), "arm64": ("aarch64", "")}
"""What wheels call a machine, and the kernel that it boots."""
EMULATED = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")
PATIENCE = 300.0
"""Seconds for the machine to boot and to measure."""


def shell(*words: str | Path) -> None:
    """Run something whose words are only of interest when it fails."""
    done = subprocess.run([*map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"\n{done.stdout[-4000:]}\n{words[0]}: status {done.returncode}")


def made_root(debian: str, architecture: str, folder: Path, *, fresh: bool) -> Path:
    """The root of the image for a release of Debian; the Debian below it is kept."""
    release, python = RELEASES[debian]
    machine, kernel = MACHINES[architecture]
    base, root = KEPT / f"base-{debian}-{architecture}", KEPT / f"root-{debian}-{architecture}"
    KEPT.mkdir(parents=True, exist_ok=True)
    if fresh or not base.exists():
        part = base.with_suffix(".part")
        with step(f"a Debian {debian} for {architecture}"):
            shell("rm", "-rf", base, part)
            shell("unshare", "--mount", HERE / "base.sh", release, architecture, part, kernel)
            part.rename(base)
    wheels = folder / "stage" / "01-application" / "files" / "wheels"
    with step("the application and its locked wheels"):
        shutil.copytree(STAGE, folder / "stage")
        shell(IMAGE / "wheels.sh", python, machine, wheels)
        shell(IMAGE / "application.sh", wheels)
    with step("the stage, by the conventions of pi-gen"):
        shell("rm", "-rf", root)
        shell("unshare", "--mount", HERE / "stage.sh", folder / "stage", base, root)
    return root


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


async def until(what: str, happened: Callable[[], bool], machine: Machine) -> None:
    with step(what):
        end = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > end or machine.process.returncode is not None:
                sys.exit(f"\n{machine.said()[-6000:]}\nthat did not happen: {what}")
            await asyncio.sleep(0.2)


def start(root: Path) -> None:
    """Start the application in a root of another machine, with every model that comes with it."""
    for words in ("--version", "models"):
        with step(f"edge-app {words}"):
            shell("chroot", root, "/usr/local/bin/edge-app", words)


async def measure(root: Path, folder: Path) -> None:
    """Boot the root with a bundle until a measurement is in the cloud, cut the power, and boot it again."""
    port, pages, meter, page = free_ports(4)
    with step("a cloud, a household, a bundle"):
        scene = await set_up(folder, port=port, pages=pages)
        programs = [asyncio.create_task(each.run()) for each in (scene.cloud(), scene.meter(meter))]
        await scene.consent()
    card = folder / "card.img"
    try:
        with step("the card"):
            shell(HERE / "disk.sh", root, scene.bundle, card)
        for start in ("first", "second"):
            await live(root, card, scene, folder / f"{start}.log", start=start, meter=meter, page=page)
    finally:
        for each in programs:
            each.cancel()
        await asyncio.wait(programs)


async def live(root: Path, card: Path, scene: Scene, console: Path, *, start: str, meter: int, page: int) -> None:
    """One life of the machine, from power to power cut."""
    before = scene.measurements()
    async with booted(root, card, console, meter=meter, pages=page) as machine:
        await until(f"{start} start: the application is ready", lambda: "Started edge-app" in machine.said(), machine)
        await until("  a measurement is in the cloud", lambda: scene.measurements() > before, machine)
        with step("  its page answers"):
            async with aiohttp.ClientSession() as session, session.get(f"http://localhost:{page}/") as answer:
                answer.raise_for_status()
        failed = [line for line in machine.said().splitlines() if "[FAILED]" in line or "Failed to start" in line]
        if failed:
            sys.exit("\n".join(failed))


def main() -> None:
    given = argparse.ArgumentParser(description="Boot the image in an emulator until a measurement arrives.")
    given.add_argument("--debian", choices=sorted(RELEASES), default="12", help="which release (default: 12)")
    given.add_argument("--machine", choices=sorted(MACHINES), default="amd64", help="which machine (default: amd64)")
    given.add_argument("--fresh", action="store_true", help="make the Debian below anew")
    words = given.parse_args()
    if os.geteuid():
        sys.exit("a root is made by root alone")
    if words.machine == "arm64" and not EMULATED.exists():
        sys.exit("arm64 needs Debian's qemu-user-static, and binfmt_misc mounted at /proc/sys/fs/binfmt_misc")
    with tempfile.TemporaryDirectory(prefix="image-test-") as name:
        folder = Path(name)
        began = time.monotonic()
        root = made_root(words.debian, words.machine, folder, fresh=words.fresh)
        if words.machine == "arm64":
            start(root)
        else:
            asyncio.run(measure(root, folder))
        print(f"{'all':<58}{time.monotonic() - began:8.1f} s")


if __name__ == "__main__":
    main()
