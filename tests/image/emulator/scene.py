"""The scene around the machine: a cloud with a household whose consent stands, and the bundle of its device."""

import asyncio
import json
import ssl
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlite_utils import Database

from tests.demo.household import registration
from tests.demo.processes import Program, command, once
from tests.image.emulator.machine import HOST

MODEL = "MT681"
PROBE = "/dev/probe/pins"
HURRY = "[schedule]\ninterval = 3\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cloud's folder and ports, and the bundle."""

    folder: Path
    port: int
    pages: int
    bundle: Path

    def cloud(self) -> Program:
        words = [command("cloud-api"), "run", "--data", str(self.folder / "cloud"), "--host", "127.0.0.1"]
        words += ["--port", str(self.port), "--pages-port", str(self.pages), "--uploads-an-hour", "3600"]
        return Program("the cloud", words, self.folder / "cloud.log")

    def meter(self, port: int) -> Program:
        words = [command("edge-app"), "simulate", "--model", MODEL, "--tcp", f"127.0.0.1:{port}", "--interval", "1"]
        return Program("the virtual meter", words, self.folder / "meter.log")

    def measurements(self) -> int:
        """How many measurements the cloud holds."""
        database = Database(self.folder / "cloud" / "cloud.db")
        try:
            return int(database["measurement"].count)
        finally:
            database.close()

    async def consent(self) -> None:
        """Grant it with the certificate that the device will exchange for one of its own."""
        context = ssl.create_default_context(cafile=str(self.bundle / "ca.pem"))
        context.load_cert_chain(self.bundle / "device.pem", self.bundle / "device.key")
        url = f"https://localhost:{self.port}"
        async with aiohttp.ClientSession() as session:
            async with asyncio.timeout(60):
                while not await _answers(session, f"{url}/readyz", context):  # noqa: ASYNC110  # another process
                    await asyncio.sleep(0.2)
            answer = await session.post(f"{url}/household/consent", json={"text_version": "2026-11"}, ssl=context)
            answer.raise_for_status()


async def set_up(folder: Path, *, port: int, pages: int) -> Scene:
    """Make cloud, household and bundle by the commands that people use."""
    cloud, registered, bundle = str(folder / "cloud"), folder / "household.json", folder / "bundle"
    await once(command("cloud-api"), "init", "--data", cloud, "--name", HOST)
    document = registration()
    document["meters"] = [{"type": "ELECTRICITY", "model_number": MODEL, "measurement_device": 0}]
    document["pv_systems"] = []
    registered.write_text(json.dumps(document))
    household = json.loads(await once(command("cloud-api"), "household", "add", str(registered), "--data", cloud))
    (device,), (meter,) = household["measurement_devices"], household["meters"]
    await once(
        *(command("cloud-api"), "device", "provision", device["uuid"], "--out", str(bundle), "--data", cloud),
        *("--url", f"https://{HOST}:{port}", "--port", f"{meter['uuid']}={PROBE}"),
    )
    settings = bundle / "edge.toml"
    text = settings.read_text().replace("[cloud]\n", "[cloud]\nupload_every = 4\nconsent_every = 5\n", 1)
    settings.write_text(f"{text}\n{HURRY}")
    return Scene(folder=folder, port=port, pages=pages, bundle=bundle)


async def _answers(session: aiohttp.ClientSession, url: str, context: ssl.SSLContext) -> bool:
    try:
        async with session.get(url, ssl=context) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
