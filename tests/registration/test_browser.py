"""The Registration Frontend in a real browser: usable by everybody, with and without scripts."""

from pathlib import Path

import pytest

from tests.cloud.asking import ask
from tests.cloud.running import Cloud, draft
from tests.registration.browsing import Theme, browser, faults, log_in
from tests.registration.person import Person
from tests.registration.test_households import ANSWERS
from tests.registration.test_import import household, send, workbook

CHECK = "button[value=look]:not([tabindex])"


async def populate(cloud: Cloud, tmp_path: Path) -> str:
    """A household with a reported mistake; its path."""
    async with cloud.people() as client:
        _, document = await ask(client, "POST", "/management/household", json=draft())
    bundle = await cloud.provision(document["measurement_devices"][0]["uuid"], tmp_path / "bundle")
    async with cloud.device(bundle) as device:
        await ask(device, "POST", "/household/consent")
        await ask(device, "POST", "/household/correction", json={"field": "/address/city", "value": "Mainz"})
    return f"/registration/household/{document['uuid']}"


@pytest.mark.parametrize(("language", "theme"), [("de", "light"), ("en", "dark")])
async def test_no_page_shuts_anybody_out(cloud: Cloud, tmp_path: Path, language: str, theme: Theme) -> None:
    path = await populate(cloud, tmp_path)
    async with browser(cloud, language=language, theme=theme) as page:
        await page.goto("/registration")
        found = {"login": await faults(page)}
        await log_in(page, cloud)
        for each in ("", "/household/new", "/import", "/participation", "/nowhere"):
            await page.goto(f"/registration{each}")
            found[each or "/"] = await faults(page)
        await page.goto("/registration/household/new")
        await page.click(CHECK)
        await page.wait_for_selector("#answers .notice")
        found["mistakes"] = await faults(page)
        for each in (path, f"{path}/edit"):
            await page.goto(each)
            found[each] = await faults(page)
        await page.goto(path)
        await page.click("section[aria-labelledby=devices] button")
        await page.wait_for_selector(".letter")
        found["letter"] = await faults(page)

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


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
        await page.goto("/registration/household/new")
        await page.click("text=Continue with it")
        await page.wait_for_selector('[name="meters.1.type"]')

        assert await page.input_value('[name="participant.name"]') == "Erika Mustermann"


async def test_an_answer_that_does_not_fit_is_marked_as_it_is_given(cloud: Cloud) -> None:
    async with browser(cloud) as page:
        await log_in(page, cloud)
        await page.goto("/registration/household/new")
        await page.fill('[name="participant.email"]', "erika")
        await page.keyboard.press("Tab")

        assert await page.inner_text('[id="participant.email-mistake"]') == (
            "Expected an e-mail address such as erika@example.org."
        )


async def test_no_page_is_wider_than_a_phone(cloud: Cloud, tmp_path: Path, researcher: Person) -> None:
    path = await populate(cloud, tmp_path)
    assert (await send(researcher, workbook([household(2)]))).status == 200
    async with browser(cloud, width=360) as page:
        await log_in(page, cloud)
        pages = ("", "/household/new", "/import", "/participation")
        for each in (*(f"/registration{below}" for below in pages), path, f"{path}/edit"):
            await page.goto(each)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, each
