"""The participant's ways by the keyboard alone: the focus is always seen, and every step can be taken."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.pages.chromium import chromium, press, tab_to
from tests.pages.home import Home, at_home
from tests.pages.registered import registered
from tests.pages.test_in_chromium import CODE, CODES, lived_in


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path, codes=CODES) as there:
        there.answers |= registered("Erika Mustermann")
        yield there


@asynccontextmanager
async def entered(home: Home) -> AsyncIterator[Page]:
    """The start page, after the code was typed."""
    async with chromium() as browser:
        page = await browser.new_page(locale="en")
        page.set_default_timeout(60_000)
        await page.goto(str(home.browser.make_url("/")))
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        await enter_code_at_second_try(page, "#wrong")
        await page.wait_for_url("**/")
        yield page


async def enter_code_at_second_try(page: Page, mistake: str) -> None:
    """After a wrong code the focus is in its field, which a screen reader reads with the mistake."""
    await tab_to(page, "#code")
    await page.keyboard.type("wrong")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(mistake)
    await page.wait_for_function("document.activeElement.id === 'code'")
    said = await page.locator("#code").get_attribute("aria-describedby")
    assert mistake.removeprefix("#") in (said or "").split()
    assert await page.locator("#code").get_attribute("aria-invalid") == "true"
    await page.keyboard.type(CODE)
    await page.keyboard.press("Enter")


async def decide(page: Page, button: str) -> None:
    await press(page, "[name=sure]", "Space")
    await tab_to(page, "#code")
    await page.keyboard.type(CODE)
    await press(page, button)


async def test_consent_is_granted_and_revoked_and_the_session_is_left(home: Home) -> None:
    async with entered(home) as page:
        await press(page, "main a[href='/consent']")
        await page.wait_for_url("**/consent")
        await press(page, "[name=sure]", "Space")
        await enter_code_at_second_try(page, "#problem")
        await page.wait_for_selector("text=Your consent has been given.")
        assert home.decided == [["grant", "2026-11", "e" * 64]]
        await decide(page, "button.grave")
        await page.wait_for_selector("#confirmed")
        assert home.decided[1:] == [["revoke"]]
        await press(page, "[action='/leave'] button")
        await page.wait_for_url("**/enter")


async def test_a_mistake_is_reported(home: Home) -> None:
    async with entered(home) as page:
        await press(page, "nav a[href='/registration']")
        await page.wait_for_url("**/registration")
        await press(page, "#address-city summary")
        await tab_to(page, "#value-address-city")
        await page.keyboard.type("Mainz")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/registration#address-city")
    assert home.told == [("household/correction", {"field": "/address/city", "value": "Mainz"})]


async def test_a_period_is_chosen(home: Home) -> None:
    await lived_in(home)
    async with entered(home) as page:
        await press(page, "nav a[href='/measurements']")
        await page.wait_for_url("**/measurements")
        await press(page, ".tabs a[href*='span=week']")
        await page.wait_for_url("**span=week**")
        await press(page, "a[rel=prev]")
        await page.wait_for_url("**on=2026-11-16**")
        await press(page, "a[rel=next]")
        await page.wait_for_url("**on=2026-11-23**")
        await press(page, "summary")
        await press(page, "summary")
        await tab_to(page, "a[href='/measurements.csv']")
