"""A browser in front of the frontends, as a person has it; tests that need it skip with a word where it is missing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest

from cloud_api.access.shared_secrets import Group
from tests.cloud.running import Cloud

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "templates" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Theme = Literal["light", "dark"]


@asynccontextmanager
async def browser(
    cloud: Cloud, *, language: str = "en", theme: Theme = "light", width: int = 1440, scripts: bool = True
) -> AsyncIterator[Any]:
    """A page of a browser that trusts this cloud."""
    playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    async with playwright.async_playwright() as started:
        chromium = await started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = await chromium.new_context(
            ignore_https_errors=True,
            locale=language,
            color_scheme=theme,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            base_url=cloud.pages_url,
        )
        page = await context.new_page()
        page.set_default_timeout(8_000)
        yield page
        await chromium.close()


async def log_in(page: Any, cloud: Cloud, path: str = "/registration", group: Group = Group.RESEARCHER) -> None:
    await page.goto(path)
    await page.fill("#name", "Jördis Beispiel")
    await page.fill("#secret", cloud.secret(group))
    await page.click("main button")
    await page.wait_for_selector("nav.pages")


async def faults(page: Any) -> list[str]:
    """What axe finds wrong on the page as it stands."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    await page.evaluate(AXE.read_text())  # evaluated by the debugger, which the content policy does not bind
    found = await page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
