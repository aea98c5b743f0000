"""A house with a device that is updated by a real cloud, in real slots, out of real wheels of this project."""

import asyncio
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import venv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge_app import config
from edge_app.fleet.update.building import build
from edge_app.fleet.update.documents import Wheel
from edge_app.fleet.update.journal import Journal, Report
from edge_app.fleet.update.slots import Slots
from tests.demo import stage
from tests.demo.observer import Observer
from tests.demo.processes import Program, command, once
from tests.demo.scene import Scene, programs, set_up
from tests.update import supervisor
from tests.update.wheels import SITE, links, of_this_project, renumbered
from tests.waiting import until
from tests.wire.conftest import connected

FIRST = "0.1.0"
UPLOAD_EVERY = 15
"""Seconds; a trial may take somewhat more than twice as long, also on a machine that has much to do."""
MUTE = {"edge_app/store/measurements.py": "\n\ndef keep(db, measurement):\n    return False\n"}
CRASH = {"edge_app/cli/run.py": "\n\ndef run(given):\n    raise SystemExit(3)\n"}


@dataclass(frozen=True, kw_only=True)
class House:
    """Its folder, the cloud of a demonstration, and one meter of its household."""

    folder: Path
    scene: Scene
    wheel: Path
    """Of what lies here."""

    @property
    def slots(self) -> Slots:
        return Slots(self.folder / "home")

    @property
    def journal(self) -> Journal:
        return Journal(self.slots.home / "update")

    @property
    def report(self) -> Report | None:
        return self.journal.report

    @property
    def database(self) -> Path:
        return self.scene.bundle / "edge.db"

    async def publish(self, version: str, more: dict[str, str] | None = None) -> None:
        """Release what lies here as a version, with something below some modules."""
        dist = self.folder / "dist" / version
        wheels = [renumbered(self.wheel, dist, version, more=more), links(dist)]
        pins = [f"{name}=={of} --hash=sha256:{sha256(file)}\n" for file in wheels for name, of in [named(file)]]
        (dist / "requirements.lock").write_text("".join(pins))
        words = ["--version", version, "--rollout", "100%", "--keys", str(self.folder / "keys")]
        words += ["--python", f"{sys.version_info.major}.{sys.version_info.minor}"]
        await once(command("cloud-api"), "release", "publish", str(dist), "--data", self.cloud, *words)

    @property
    def cloud(self) -> str:
        return str(self.scene.folder / "cloud")

    def measured(self) -> set[int]:
        """When the device has measured, as far as it keeps that."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
                return {time for (time,) in db.execute("select time from measurement")}
        except sqlite3.OperationalError:
            return set()  # there is none yet, or its tables are being made

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """Start something of the device, in a group of its own that a power cut ends as a whole."""
        environment = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        with (self.folder / "device.log").open("ab") as log:
            return subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)

    def supervise(self) -> subprocess.Popen[bytes]:
        supervisor.boot(self.folder)
        return self.begin(sys.executable, "-m", "tests.update.supervisor", str(self.folder))

    def update(self) -> subprocess.Popen[bytes]:
        """One round, by what was kept last."""
        return self.begin(str(self.slots.home / "kept/bin/edge-app"), "--config", str(self.scene.bundle), "update")


async def furnish(folder: Path) -> House:
    """Set up a cloud with a household and releases, and its device in its first slot."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meters").mkdir()
    scene = await set_up(folder)
    scene.bundle.rename(folder / "bundle")
    (folder / "bundle").rename(folder / "device")
    house = House(folder=folder, scene=scene, wheel=of_this_project(folder / "wheel"))
    settings = scene.bundle / "edge.toml"
    text = settings.read_text()
    head, *meters = text.split("[[meter]]\n")
    tail = "\n[schedule]" + meters[-1].partition("\n[schedule]")[2]
    head = head.replace("upload_every = 4", f"upload_every = {UPLOAD_EVERY}")
    settings.write_text(f'{head}[[meter]]\n{meters[0]}{tail}clock = "trusted"\n')
    keys = ["--keys", str(folder / "keys"), "--holders", "1", "--threshold", "1"]
    await once(command("cloud-api"), "release", "init", "--data", house.cloud, *keys)
    install(house)
    supervisor.prepare(folder)
    return house


def install(house: House) -> None:
    """Build the first slot as the image does, and let all links lead to it."""
    slots, home = house.slots, house.slots.home
    (home / "slots").mkdir(parents=True)
    made = renumbered(house.wheel, house.folder / "first", FIRST)
    venv.create(home / "slots" / "pip", symlinks=True, with_pip=False)
    site = next((home / "slots" / "pip" / "lib").glob("python3*")) / "site-packages"
    (site / "links.pth").write_text(f"{SITE}\n")
    slots.point("image", "pip")
    wheels = [
        Wheel(name=file.name, sha256=sha256(file), length=file.stat().st_size)
        for file in (made, links(house.folder / "first"))
    ]
    build(slots, FIRST, wheels, house.folder / "first")
    for link in ("image", "kept", "current"):
        slots.point(link, FIRST)  # type: ignore[arg-type]  # a tuple of these words is one of texts
    slots.remove("pip")
    (home / "root.json").write_bytes((Path(house.cloud) / "releases/metadata/1.root.json").read_bytes())


@asynccontextmanager
async def lived_in(house: House) -> AsyncIterator[tuple[Observer, Sequence[Program]]]:
    """Cloud and meter running, consent granted; the device is started by whoever asks for it."""
    cloud, meter, *_ = programs(house.scene)
    async with Observer.open(bundle=house.scene.bundle, url=house.scene.url) as observer, asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(program.run()) for program in (cloud, meter)]
        try:
            await stage.until(observer.answers, "the cloud does not answer")
            async with connected(config.load(house.scene.bundle).cloud) as client:
                await client.grant("2026-11")
            yield observer, (cloud, meter)
        finally:
            for task in started:
                task.cancel()


def cut(*processes: subprocess.Popen[bytes]) -> None:
    """End processes, and all that they started, as a power cut does."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def ended(process: subprocess.Popen[bytes], *, seconds: float) -> int:
    await until(lambda: process.poll() is not None, seconds=seconds)
    return process.wait()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def named(file: Path) -> tuple[str, str]:
    name, version, *_ = file.name.split("-")
    return name, version


def as_json(report: Report | None) -> object:
    return msgspec.to_builtins(report) if report else None
