"""From an empty device and two virtual meters, one locked and one of mode D, to measurements that came back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from edge_app import config
from edge_app.store import Store, attempts, measurements, pins
from edge_app.store.vault import Vault
from tests.cloud.running import fresh_draft, running_cloud
from tests.setup.installer import Installer, at, at_work, device
from tests.unlock.test_command import PIN, meter, program
from tests.waiting import until
from tests.wire.conftest import connected

DRAFT = fresh_draft(
    meters=[
        {"type": "ELECTRICITY", "model_number": "MT681", "measurement_device": 0},
        {"type": "PV-GENERATION", "model_number": "EASY", "measurement_device": 0},
    ],
    pv_systems=[{"nominal_power": 9.8, "azimuth": 180, "tilt": 35, "installation_date": "2012-06-15", "meter": 1}],
)
"""A household with a meter of each kind."""


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.metering.unlock.unlocking.WATCH", 1.0)


@asynccontextmanager
async def mode_d(folder: Path) -> AsyncIterator[Path]:
    link = folder / "mode-d"
    words = ["simulate", "--model", "EASY", "--variant", "q3d", "--link", str(link), "--interval", "0.2"]
    async with program(folder, *words):
        await until(link.exists, seconds=20)
        yield link


async def grant(folder: Path) -> None:
    """The participant grants consent, wherever that is done."""
    async with connected(config.load(folder).cloud) as client:
        text = await client.look("household/consent/text")
        await client.grant(text["version"], text["texts"][0]["sha256"])


async def place(installer: Installer, port: Path, *, model: str, meter: str) -> str:
    """Place a head until it hears well, and say whose it is; the page that follows."""
    page = await installer.until(at("head", port), "Good: fix the head where it is.")
    assert model in page
    return await installer.press(at("head", port), of=at("head", port), model=model, meter=meter)


async def test_two_meters_are_set_up_from_nothing_to_a_measurement_that_came_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "device"
    folder.mkdir()
    async with running_cloud(tmp_path / "cloud") as cloud, meter(folder), mode_d(folder) as easy:
        household = await cloud.add_household(DRAFT)
        electricity, generation = (each["uuid"] for each in household["meters"])
        locked = folder / "meter"
        async with device(folder, cloud, household["measurement_devices"][0]["uuid"]) as installer:
            overview = await installer.until("/setup", "Photovoltaics, 9.8 kW")
            assert "2 meters are registered" in overview
            await installer.until("/setup", "The cloud answers")

            page = await installer.press("/setup/probe", of="/setup", port=str(locked))
            assert "Signal" in page
            page = await place(installer, locked, model="HASTY", meter=electricity)
            assert "5. PIN" in page
            page = await installer.press(at("pin", locked), of=at("pin", locked), pin=PIN)
            assert "The PIN is being entered" in page
            page = await installer.until(at("pin", locked), "goes on to do so")
            assert PIN not in page
            await installer.test(locked, until="The consent is missing")

            page = await place(installer, easy, model="EASY", meter=generation)
            assert "Which system feeds this meter?" in page
            (plant,) = household["pv_systems"]
            page = await installer.press(at("plants", easy), of=at("plants", easy), plant=plant["uuid"])
            assert "Test now" in page
            await installer.test(easy, until="The consent is missing")

            await grant(folder)
            for port in (locked, easy):
                await installer.test(port, until="A measurement went to the cloud and came back.")
            slip = await installer.read("/setup/slip")
            assert slip.count("Tested") == 2
            assert "not tested yet" not in slip
            assert "<svg" in slip
            assert f"http://zaehler.local:{installer.origin.rpartition(':')[2]}" in slip
            await installer.until(at("head", easy), "Good: fix the head where it is.")  # and checked again
            await installer.test(easy, until="A measurement went to the cloud and came back.")
            overview = await installer.until("/setup", "The cloud answers")
            assert overview.count("A measurement came back from the cloud") == 2
            assert "no reading head yet" not in overview
        async with Store.open(folder / "edge.db", ballast=4096) as store:
            kept = await store.run(pins.kept, Vault.beside(folder / "edge.db"), UUID(electricity))
            assert kept
            assert kept.text == PIN
            assert [each.worked for each in await store.run(attempts.made, kept.token)] == [True]
            assert len(await store.run(measurements.latest)) == 2
        assert PIN not in caplog.text


async def test_a_set_up_that_was_left_goes_on_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "device"
    folder.mkdir()
    async with running_cloud(tmp_path / "cloud") as cloud, mode_d(folder) as easy:
        household = await cloud.add_household(DRAFT)
        async with device(folder, cloud, household["measurement_devices"][0]["uuid"]) as installer:
            await installer.until("/setup", "2 meters are registered")
            await place(installer, easy, model="EASY", meter=household["meters"][1]["uuid"])
            await grant(folder)
            port = int(installer.origin.rpartition(":")[2])
        async with at_work(folder, port) as installer:
            assert "reads EASY" in await installer.read("/setup")
            await installer.test(easy, until="A measurement went to the cloud and came back.")
            page = await installer.press(at("remove", easy), of="/setup")
            assert "reads EASY" not in page
