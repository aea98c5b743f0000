"""The set-up pages in a real browser, after the installer's code: nobody is kept out, whatever they show."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from edge_app.store import fittings
from tests.edge.speaking import speaking, telegrams
from tests.pages.chromium import chromium, every_look
from tests.pages.home import EHZ, GRANTED, MT681, Home, at_home
from tests.pages.registered import registered
from tests.pages.test_every_route import CODES, INSTALLERS

ABSENT = "/dev/absent"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path, codes=CODES) as there:
        there.answers |= registered("MT681")
        there.answers["household/consent"] = {"state": "not-granted"}
        there.unfit["broken.py"] = "ModuleNotFoundError: No module named 'nothing'"
        yield there


async def go(home: Home, page: Page, path: str, port: str = "", **query: str) -> None:
    address = home.browser.make_url(path).with_query({"port": port, **query} if port else {})
    await page.goto(str(address))


async def heard(home: Home, page: Page, port: str) -> None:
    """The head hears its meter well; time goes on, so that telegrams have a rhythm."""
    await go(home, page, "/setup/head", port)
    for _ in range(5):
        await home.clock.advance(1)
        await page.wait_for_timeout(100)
    await go(home, page, "/setup/head", port)
    await page.wait_for_selector("[name=model]")


async def tried(home: Home, page: Page, port: str) -> None:
    await go(home, page, "/setup/trial", port)
    await page.click("main form button")
    await page.wait_for_selector("main .notice")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_no_page_keeps_anybody_out_in_either_theme_on_phone_or_desktop(home: Home, language: str) -> None:
    wrong: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page(locale=language)
        await go(home, page, "/setup")
        await page.fill("#code", INSTALLERS)
        await page.press("#code", "Enter")
        await page.wait_for_selector("#probes")
        wrong += await every_look(page, "nothing set up")
        await go(home, page, "/setup/head", ABSENT)
        wrong += await every_look(page, "no head")
        with speaking(*telegrams("MT681", count=1)) as port:
            await heard(home, page, port)
            assert await page.locator("[name=model]").count() == 2
            wrong += await every_look(page, "two models")
            await go(home, page, "/setup/head", port, model="EASY", meter=str(MT681))
            assert await page.locator("#differs").count() == 1
            wrong += await every_look(page, "another meter")
        await home.store.run(fittings.fit, EHZ, "MT681", port)
        await home.store.run(fittings.fit, MT681, "MT681", ABSENT)
        for path in ("plants", "pin", "trial"):
            await go(home, page, f"/setup/{path}", port)
            wrong += await every_look(page, path)
        await tried(home, page, port)
        wrong += await every_look(page, "without consent")
        home.said.consent_is = GRANTED
        await home.measured()
        await tried(home, page, ABSENT)
        wrong += await every_look(page, "confirmed")
        for path in ("/setup", "/setup/slip", "/setup/plugins"):
            await go(home, page, path)
            wrong += await every_look(page, path)
    assert wrong == []
