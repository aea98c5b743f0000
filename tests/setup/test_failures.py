"""Whatever goes wrong in front of a meter says what to try next, and costs nobody else anything."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from edge_app.store import Store, attempts, pins
from edge_app.store.vault import Vault
from tests.cloud.running import Cloud, running_cloud
from tests.setup.installer import Installer, at, device
from tests.setup.test_whole import DRAFT

WRONG = "1112"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.metering.unlock.unlocking.WATCH", 1.0)


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Cloud]:
    async with running_cloud(tmp_path / "cloud") as there:
        yield there


@pytest.fixture
async def installer(tmp_path: Path, cloud: Cloud) -> AsyncIterator[Installer]:
    """In front of an empty device of a household with two meters."""
    household = await cloud.add_household(DRAFT)
    folder = tmp_path / "device"
    (tmp_path / "meter").write_text(household["meters"][0]["uuid"])
    async with device(folder, cloud, household["measurement_devices"][0]["uuid"]) as there:
        await there.until("/setup", "2 meters are registered")
        yield there


@pytest.fixture
def ours(tmp_path: Path, installer: Installer) -> str:
    """The uuid of the registered meter for electricity."""
    return (tmp_path / "meter").read_text()


async def test_each_wrong_turn_says_what_to_try_next(installer: Installer) -> None:
    assert "No reading head is set up yet." in await installer.read("/setup/slip")
    page = await installer.until(at("head", "/dev/serial/by-path/nothing"), "There is no reading head under this name")
    assert "No meter is heard yet." in page
    assert "EASY" in page

    page = await installer.press("/setup/probe", of="/setup", port="ftp://nowhere")
    assert "This is no address of a reading head." in page
    await installer.read("/setup/head?port=ftp://nowhere", status=404)
    await installer.until(at("head", "socket://nowhere"), "This address cannot be opened")

    page = await installer.press(at("head", "/dev/x"), of=at("head", "/dev/x"), model="NONE", meter="none")
    assert "Please choose model and meter." in page
    for ahead in ("pin", "plants", "trial"):
        assert "Which registered meter is it?" in await installer.read(at(ahead, "/dev/x"))


async def test_a_cloud_that_is_away_stops_nothing_but_the_test(installer: Installer, cloud: Cloud, ours: str) -> None:
    await installer.press(at("head", "/dev/x"), of=at("head", "/dev/x"), model="EASY", meter=ours)
    async with cloud.away():
        await installer.until("/setup", "The cloud does not answer")
        page = await installer.test("/dev/x", until="The cloud does not answer.")
        assert "Nothing is lost" in page
        assert "EASY" in await installer.read("/setup/slip")


async def test_a_pin_without_a_head_comes_to_no_attempt(installer: Installer, ours: str, tmp_path: Path) -> None:
    folder = tmp_path / "device"
    async with Store.open(folder / "edge.db", ballast=4096) as store:
        page = await installer.press(at("pin", "/dev/x"), of="/setup", pin="12")
        assert "Which registered meter" in page
        await installer.press(at("head", "/dev/x"), of=at("head", "/dev/x"), model="MT681", meter=ours)
        assert "A PIN has four digits." in await installer.press(at("pin", "/dev/x"), of=at("pin", "/dev/x"), pin="12")
        await installer.press(at("pin", "/dev/x"), of=at("pin", "/dev/x"), pin=WRONG)
        page = await installer.until(at("pin", "/dev/x"), "The light of the reading head cannot be switched.")
        kept = await store.run(pins.kept, Vault.beside(folder / "edge.db"), UUID(ours))
        assert kept
        assert await store.run(attempts.made, kept.token) == []


async def test_a_meter_that_another_head_reads_says_so_before_it_is_chosen(installer: Installer, ours: str) -> None:
    page = await installer.press(at("head", "/dev/x"), of=at("head", "/dev/x"), model="EASY", meter=ours)
    assert "Nothing is heard of this meter yet." in page
    said = "The reading head /dev/x is on it already; it would be taken off here."
    assert said in await installer.read(at("head", "/dev/y"))
    assert said not in await installer.read(at("head", "/dev/x"))
