"""The whole way of the set-up by the keyboard alone, after the installer's code, at a locked meter with a menu."""

from pathlib import Path

import pytest

from tests.cloud.running import running_cloud
from tests.pages.chromium import chromium, press, tab_to
from tests.pages.test_every_route import INSTALLERS, QUICK, normal
from tests.setup.installer import device
from tests.setup.test_whole import DRAFT, grant
from tests.unlock.test_command import PIN, meter


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.metering.unlock.unlocking.WATCH", 0.5)


async def test_a_locked_meter_is_set_up(tmp_path: Path) -> None:
    folder = tmp_path / "device"
    folder.mkdir()
    code = QUICK.hash(normal(INSTALLERS))
    async with running_cloud(tmp_path / "cloud") as cloud, meter(folder, menu=True), chromium() as browser:
        household = await cloud.add_household(DRAFT)
        _, generation = household["meters"]
        async with device(folder, cloud, household["measurement_devices"][0]["uuid"], code=code) as installer:
            page = await browser.new_page(locale="en")
            page.set_default_timeout(60_000)
            await page.goto(f"{installer.origin}/setup")
            await tab_to(page, "#code")
            await page.keyboard.type(INSTALLERS)
            await page.keyboard.press("Enter")
            await page.wait_for_selector("#probes")
            await press(page, "summary")
            await tab_to(page, "#port")
            await page.keyboard.type(str(folder / "meter"))
            await page.keyboard.press("Enter")
            await page.wait_for_selector("text=These models send alike")
            await page.wait_for_selector("text=Good: fix the head where it is.")
            await tab_to(page, "[name=model]")
            while await page.evaluate("document.querySelector('[name=model]:checked')?.value") != "HASTY":
                await page.keyboard.press("ArrowDown")
            assert await page.locator("label:has([name=model]) img").count() == 2  # to tell MT681 from MT175
            await tab_to(page, "[name=meter]")
            while await page.evaluate("document.querySelector('[name=meter]:checked').value") != generation["uuid"]:
                await page.keyboard.press("ArrowDown")
            await press(page, "form.after-placing button")
            await page.wait_for_selector("text=Another meter is heard than was chosen.")
            await press(page, "[role=alert] button.plain")
            await page.wait_for_selector("text=Which system feeds this meter?")
            await press(page, "[name=plant]", "Space")
            await press(page, "main form button")
            await page.wait_for_selector("text=Please choose at least one system.")
            assert await page.locator("[name=plant]").is_checked()  # as it is registered
            await press(page, "main form button")
            await page.wait_for_selector("#pin")
            await tab_to(page, "#pin")
            await page.keyboard.type(PIN)
            await page.keyboard.press("Enter")
            await page.wait_for_selector("text=Does the display show InF?")
            await press(page, "[name=shows][value=other]")
            await page.wait_for_selector("text=The display did not show InF, so nothing was pressed.")
            await tab_to(page, "#pin")
            await page.keyboard.type(PIN)
            await page.keyboard.press("Enter")
            await page.wait_for_selector("text=Digit")
            await press(page, "[action^='/setup/pin/stop'] button")
            await page.wait_for_selector("text=The entry was stopped; the light is off.")
            await press(page, "main a[href^='/setup/trial']")
            await page.wait_for_selector("text=is asked back from there")
            await press(page, "main form button")
            await page.wait_for_selector("text=The consent is missing")
            await grant(folder)
            await press(page, "main form button")
            await page.wait_for_selector("text=A measurement went to the cloud and came back.")
            await press(page, "main a[href='/setup']")
            await page.wait_for_selector("#probes")
            await press(page, "main a[href='/setup/slip']")
            await page.wait_for_selector(".qr")
            await press(page, "[action='/leave'] button")
            await page.wait_for_url("**/enter")
