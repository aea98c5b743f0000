"""The Registration Frontend in a real browser: usable by everybody, with and without scripts."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.cloud.asking import ask
from tests.cloud.running import Cloud, draft
from tests.pages.chromium import every_look, press, tab_to
from tests.registration.browsing import browser, enter, log_in
from tests.registration.person import Person
from tests.registration.test_households import ANSWERS
from tests.registration.test_import import household, send, workbook

CHECK = "button[value=look]:not([tabindex])"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


GROWING = {"meters.1.type": "add:meters", "pv_systems.0.nominal_power": "add:pv_systems"}
"""Answers with which a row begins that has to be added first."""


async def choose(page: Page, name: str, value: str) -> None:
    """By the arrows, as what may be chosen comes a moment after the rows that it is of."""
    field = page.locator(f'[name="{name}"]')
    await page.wait_for_selector(f'[name="{name}"] option[value="{value}"]', state="attached")
    for _ in range(9):
        if await field.input_value() == value:
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} cannot be chosen for {name}")


async def populate(cloud: Cloud, tmp_path: Path) -> str:
    """A household with a reported mistake; its path."""
    async with cloud.people() as client:
        _, document = await ask(client, "POST", "/management/household", json=draft())
    bundle = await cloud.provision(document["measurement_devices"][0]["uuid"], tmp_path / "bundle")
    async with cloud.device(bundle) as device:
        await ask(device, "POST", "/household/consent")
        await ask(device, "POST", "/household/correction", json={"field": "/address/city", "value": "Mainz"})
    return f"/registration/household/{document['uuid']}"


@pytest.mark.parametrize("language", ["de", "en"])
async def test_no_page_shuts_anybody_out(cloud: Cloud, tmp_path: Path, language: str, researcher: Person) -> None:
    path = await populate(cloud, tmp_path)
    assert (await send(researcher, workbook([household(2)]))).status == 200
    async with browser(cloud, language=language) as page:
        await page.goto("/registration")
        wrong = await every_look(page, "login")
        await log_in(page, cloud)
        below = ("", "/household/new", "/import", "/participation", "/nowhere")
        for each in (*(f"/registration{name}" for name in below), path, f"{path}/edit"):
            await page.goto(each)
            wrong += await every_look(page, each)
        await page.goto("/registration/household/new")
        await page.click(CHECK)
        await page.wait_for_selector("#answers .notice")
        wrong += await every_look(page, "mistakes")
        await page.goto("/registration/import")
        planted = workbook([household(3), household(4) | {"city": ""}])
        await page.set_input_files("input[type=file]", {"name": "two.xlsx", "mimeType": KIND, "buffer": planted})
        await page.click("main form button")
        await page.wait_for_selector("main table")
        wrong += await every_look(page, "import's problems")
        await page.goto(path)
        await page.click("section[aria-labelledby=devices] button")
        await page.wait_for_selector(".letter")
        wrong += await every_look(page, "letter")

    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_household_is_registered_in_the_browser(cloud: Cloud, scripts: bool) -> None:
    async with browser(cloud, scripts=scripts) as page:
        await log_in(page, cloud)
        await page.click("text=Register a household")
        await page.click("text=Add a meter")
        await page.wait_for_selector('[name="meters.1.type"]')
        await page.click("text=Add a PV system")
        await page.wait_for_selector('[name="pv_systems.0.tilt"]')
        for name, value in ANSWERS.items():
            field = page.locator(f'[name="{name}"]')
            if name == "pv_systems.0.meter":
                if not scripts:  # what may be chosen follows the rows once they are sent
                    await page.click(CHECK)
                await page.wait_for_selector('[name="pv_systems.0.meter"] option[value="1"]', state="attached")
                await field.select_option(value)
            elif await field.evaluate("each => each.tagName") == "SELECT":
                await field.select_option(value)
            elif await field.get_attribute("type") == "checkbox":
                await field.check()
            else:
                await field.fill("9.8" if value == "9,8" else value)
        await page.click("button[value=register]")
        await page.wait_for_url("**/registration/household/*-*")

        assert await page.inner_text("h1") == "Erika Mustermann"
        assert await page.locator(".map svg").count() == 1


async def test_a_draft_waits_in_the_browser_until_the_household_is_registered(cloud: Cloud) -> None:
    async with browser(cloud) as page:
        await log_in(page, cloud)
        await page.goto("/registration/household/new")
        await page.fill('[name="participant.name"]', "Erika Mustermann")
        await page.click("text=Add a meter")
        await page.wait_for_selector('[name="meters.1.type"]')
        await page.evaluate("scrollTo(0, document.body.scrollHeight)")
        await page.reload()
        await page.wait_for_selector("#draft:focus")
        await press(page, "[data-draft=restore]")
        await page.wait_for_selector('[name="meters.1.type"]')

        assert await page.input_value('[name="participant.name"]') == "Erika Mustermann"
        await page.wait_for_selector('[name="participant.name"]:focus')


async def test_an_answer_that_does_not_fit_is_marked_as_it_is_given(cloud: Cloud) -> None:
    async with browser(cloud) as page:
        await log_in(page, cloud)
        await page.goto("/registration/household/new")
        await page.click("text=Add a PV system")
        await page.wait_for_selector('[name="pv_systems.0.tilt"]:not(:focus)')
        planted = {
            "participant.email": ("erika", "Expected an e-mail address such as erika@example.org."),
            "address.postal_code": ("651", "Expected a postal code such as 65195."),
            "metadata.children": ("-1", "Expected a whole number from 0 to 1000."),
            "pv_systems.0.azimuth": ("400", "Expected degrees from 0 to 360."),
            "pv_systems.0.tilt": ("90,5", "Expected degrees from 0 to 90."),
            "pv_systems.0.nominal_power": ("0", "Expected a power in kW above 0, such as 9.8."),
        }
        for name, (value, _) in planted.items():
            await page.fill(f'[name="{name}"]', value)
            await page.keyboard.press("Tab")
        words = {name: expected for name, (_, expected) in planted.items()}
        assert {name: await page.inner_text(f'[id="{name}-mistake"]') for name in planted} == words

        await page.click("text=Add a meter")  # a row more leaves the marks where they are
        await page.wait_for_selector('[name="meters.1.type"]')
        assert {name: await page.inner_text(f'[id="{name}-mistake"]') for name in planted} == words

        await page.fill('[name="address.country"]', "nl")
        await page.keyboard.press("Tab")
        assert await page.inner_text('[id="address.postal_code-mistake"]') == ""

        await page.click("button[value=register]")  # all that does not fit is said at once, and leads to its field
        await page.wait_for_selector("#answers .notice:focus")
        await press(page, '.notice a[href="#pv_systems.0.tilt"]')
        await page.wait_for_selector('[name="pv_systems.0.tilt"]:focus')


async def test_a_household_is_added_and_edited_by_the_keyboard_alone(cloud: Cloud) -> None:
    async with browser(cloud) as page:
        await enter(page, cloud)
        await press(page, "main a[href$='/household/new']")
        await page.wait_for_url("**/household/new")
        for name, value in ANSWERS.items():
            if name in GROWING:  # the last rows are there already: one more, and the focus goes into it
                await press(page, f"button[value='{GROWING[name]}']")
                await page.wait_for_selector(f'[name="{name}"]:focus')
            else:
                await tab_to(page, f'[name="{name}"]')
            kind = await page.evaluate("[document.activeElement.tagName, document.activeElement.type]")
            if kind[0] == "SELECT":
                await choose(page, name, value)
            elif kind[1] == "checkbox":
                await page.keyboard.press("Space")
            elif kind[1] == "date":
                await page.keyboard.type("06152012")  # in the order of the browser's language
            else:
                await page.keyboard.press("Control+A")
                await page.keyboard.type("9.8" if value == "9,8" else value)
        await press(page, "button[value=register]:not([tabindex])")
        await page.wait_for_url("**/registration/household/*-*")
        await press(page, "a[href$='/edit']")
        await page.wait_for_url("**/edit")
        await tab_to(page, '[name="participant.name"]')
        await page.keyboard.press("Control+A")
        await page.keyboard.type("Erika Beispiel")
        await press(page, "main form button[value=save]")
        await page.wait_for_url("**/registration/household/*-*")

        assert await page.inner_text("h1") == "Erika Beispiel"
