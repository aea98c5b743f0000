"""A browser in front of the frontends, as a person has it; tests that need it skip with a word where it is missing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page

from cloud_api.access.shared_secrets import Group
from tests.cloud.running import Cloud
from tests.pages.chromium import chromium, tab_to


@asynccontextmanager
async def browser(cloud: Cloud, *, language: str = "en", scripts: bool = True) -> AsyncIterator[Page]:
    """A page of a browser that trusts this cloud."""
    async with chromium() as started:
        context = await started.new_context(
            ignore_https_errors=True,
            locale=language,
            viewport={"width": 1440, "height": 900},
            java_script_enabled=scripts,
            base_url=cloud.pages_url,
        )
        page = await context.new_page()
        page.set_default_timeout(30_000)
        yield page


async def log_in(page: Page, cloud: Cloud, path: str = "/registration", group: Group = Group.RESEARCHER) -> None:
    await page.goto(path)
    await page.fill("#name", "Jördis Beispiel")
    await page.fill("#secret", cloud.secret(group))
    await page.click("main button")
    await page.wait_for_selector("nav.pages")


async def enter(page: Page, cloud: Cloud, path: str = "/registration", group: Group = Group.RESEARCHER) -> None:
    """Log in by the keyboard alone."""
    await page.goto(path)
    await tab_to(page, "#name")
    await page.keyboard.type("Jördis Beispiel")
    await tab_to(page, "#secret")
    await page.keyboard.type(cloud.secret(group))
    await page.keyboard.press("Enter")
    await page.wait_for_selector("nav.pages")
