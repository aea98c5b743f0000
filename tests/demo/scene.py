"""Setting the demonstration up: a cloud, a registered household, a provisioned device, five virtual meters."""

import json
import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from tests.demo.household import METERS, registration
from tests.demo.processes import DemoError, Program, command, once

SLOT = 3
"""Seconds of a slot, in place of a quarter of an hour."""
UPLOADS = 3600
"""Uploads that the cloud takes in an hour, as many as a device sends that hurries so."""
PACE = 600
"""How much faster than real the sun moves: a day passes in less than three minutes."""
MARK = "made-by-demo"
CODE = re.compile(r'class="code">([^<]+)<')


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the two listeners of the cloud and the device's page are."""

    devices: int
    pages: int
    edge: int

    @classmethod
    def free(cls) -> "Ports":
        """The ports that people know where they are free, any others where they are not."""
        held = []
        for port in (8443, 8444, 8080):
            held.append(listener := socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                listener.bind(("127.0.0.1", 0))
        devices, pages, edge = (listener.getsockname()[1] for listener in held)
        for listener in held:
            listener.close()
        return cls(devices=devices, pages=pages, edge=edge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The folder of a demonstration and what was made in it."""

    folder: Path
    ports: Ports
    meters: tuple[str, ...]
    """The uuids of the meters, in the order of METERS."""

    @property
    def bundle(self) -> Path:
        return self.folder / "device"

    @property
    def codes(self) -> tuple[str, str]:
        """The access codes of participant and installer, as the slip has them."""
        (slip,) = (self.folder / "cloud" / "slips").iterdir()
        participant, installer = CODE.findall(slip.read_text())
        return participant, installer

    @property
    def url(self) -> str:
        return f"https://localhost:{self.ports.devices}"


async def set_up(folder: Path, *, hurried: bool = True) -> Scene:
    """Make everything by the commands that people use, with short times unless it is not to hurry. Raises DemoError."""
    ports, cloud, registered = Ports.free(), str(folder / "cloud"), folder / "household.json"
    await once(command("cloud-api"), "init", "--data", cloud)
    registered.write_text(json.dumps(registration(), indent=2))
    household = json.loads(await once(command("cloud-api"), "household", "add", str(registered), "--data", cloud))
    scene = Scene(folder=folder, ports=ports, meters=tuple(meter["uuid"] for meter in household["meters"]))
    (device,) = household["measurement_devices"]
    words = ["device", "provision", device["uuid"], "--out", str(scene.bundle), "--url", scene.url, "--data", cloud]
    for meter, uuid in zip(METERS, scene.meters, strict=True):
        words += ["--port", f"{uuid}={link(folder, meter.model)}"]
    await once(command("cloud-api"), *words)
    settings = scene.bundle / "edge.toml"
    pages = f'[pages]\nhost = "127.0.0.1"\nport = {ports.edge}\nannounce = false\n'
    text = settings.read_text().replace("[pages]\n", pages, 1)
    settings.write_text(hurry(text) if hurried else text)
    return scene


def hurry(settings: str) -> str:
    """Shorten the times of a device's settings, so that a visitor sees something happen."""
    text = settings.replace("[cloud]\n", "[cloud]\nupload_every = 4\nconsent_every = 5\n", 1)
    return f"{text}\n[schedule]\ninterval = {SLOT}\n"


def programs(scene: Scene) -> list[Program]:
    """All that runs: the cloud, the virtual meters, the device."""
    cloud = [command("cloud-api"), "run", "--data", str(scene.folder / "cloud"), "--host", "127.0.0.1"]
    cloud += ["--port", str(scene.ports.devices), "--pages-port", str(scene.ports.pages)]
    cloud += ["--uploads-an-hour", str(UPLOADS)]
    device = [command("edge-app"), "--config", str(scene.bundle), "run"]
    meters = []
    for seed, meter in enumerate(METERS, start=1):
        words = [command("edge-app"), "simulate", "--model", meter.model, "--role", meter.role]
        words += ["--link", str(link(scene.folder, meter.model)), "--pace", str(PACE), "--interval", "1"]
        words += ["--seed", str(seed), *(("--variant", meter.variant) if meter.variant else ())]
        meters.append(Program(f"the virtual {meter.model}", words, scene.folder / f"meter-{meter.model}.log"))
    return [
        Program("the cloud", cloud, scene.folder / "cloud.log"),
        *meters,
        Program("the device", device, scene.folder / "edge.log"),
    ]


def link(folder: Path, model: str) -> Path:
    return folder / "meters" / model


def fresh(folder: Path) -> Path:
    """Empty a folder of what an earlier demonstration left. Raises DemoError for one that is not ours."""
    if folder.exists():
        if not (folder / MARK).exists():
            raise DemoError(f"{folder} was not made by a demonstration; please name another folder")
        shutil.rmtree(folder)
    (folder / "meters").mkdir(parents=True)
    (folder / MARK).touch()
    return folder.resolve()
