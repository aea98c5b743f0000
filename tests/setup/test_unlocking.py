"""A PIN on the set-up pages: a wrong one, one that is stopped, and a menu that a person walks with the device."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from edge_app.metering.unlock.unlocking import Result
from edge_app.store import Store, attempts, pins
from edge_app.store.attempts import Attempt
from edge_app.store.vault import Vault
from tests.cloud.running import running_cloud
from tests.setup.installer import Installer, at, device
from tests.setup.test_whole import DRAFT, place
from tests.unlock.test_command import PIN, meter

WRONG = "1112"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.metering.unlock.unlocking.WATCH", 0.5)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """An installer whose head sits on a locked meter, at the page of its PIN."""

    installer: Installer
    folder: Path
    meter: UUID

    @property
    def pin(self) -> str:
        return at("pin", self.folder / "meter")

    async def enter(self, pin: str) -> str:
        return await self.installer.press(self.pin, of=self.pin, pin=pin)

    async def press(self, button: str, **form: str) -> str:
        return await self.installer.press(at(f"pin/{button}", self.folder / "meter"), of=self.pin, **form)

    async def attempts(self) -> list[Attempt]:
        async with Store.open(self.folder / "edge.db", ballast=4096) as store:
            kept = await store.run(pins.kept, Vault.beside(self.folder / "edge.db"), self.meter)
            return await store.run(attempts.made, kept.token) if kept else []


@asynccontextmanager
async def in_front_of_a_locked_meter(folder: Path, *, menu: bool = False) -> AsyncIterator[Scene]:
    there = folder / "device"
    there.mkdir()
    async with running_cloud(folder / "cloud") as cloud, meter(there, menu=menu):
        household = await cloud.add_household(DRAFT)
        uuid = household["meters"][0]["uuid"]
        async with device(there, cloud, household["measurement_devices"][0]["uuid"]) as installer:
            await installer.until("/setup", "2 meters are registered")
            await place(installer, there / "meter", model="HASTY", meter=uuid)
            yield Scene(installer=installer, folder=there, meter=UUID(uuid))


async def test_a_wrong_pin_is_entered_once_and_told_and_an_entry_can_be_stopped(tmp_path: Path) -> None:
    async with in_front_of_a_locked_meter(tmp_path) as scene:
        await scene.enter(WRONG)
        page = await scene.installer.until(scene.pin, "The meter stayed locked.")
        assert "Check the PIN before you try again" in page
        assert WRONG not in page
        assert [(each.result, each.worked) for each in await scene.attempts()] == [(Result.LOCKED, False)]

        await scene.enter(PIN)
        await scene.installer.until(scene.pin, "Digit")
        for elsewhere in ("/setup", at("head", "/dev/another")):  # where nobody may stop it by looking
            assert "The PIN is being entered" in await scene.installer.read(elsewhere)
        assert "The entry was stopped; the light is off." in await scene.press("stop")
        assert [each.result for each in await scene.attempts()] == [None]


async def test_a_menu_is_walked_only_with_a_person_who_says_what_it_shows(tmp_path: Path) -> None:
    async with in_front_of_a_locked_meter(tmp_path, menu=True) as scene:
        assert "stay in front of the display" in await scene.installer.read(scene.pin)
        await scene.enter(PIN)
        page = await scene.installer.until(scene.pin, "Does the display show InF?")
        assert "can delete the history" in page
        await scene.press("display", shows="other")
        await scene.installer.until(scene.pin, "so nothing was pressed")
        assert [each.result for each in await scene.attempts()] == [Result.DECLINED]
