"""Chromium in front of the pages, and axe-core, which knows what people with disabilities cannot use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.house.sources import ROOT

CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "templates/npm/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Skips the test where it, or axe-core, is missing."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is missing (`make debian`)")
    if not AXE.exists():
        pytest.skip("axe-core is missing (`make charts`, which needs npm)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def findings(page: Page) -> list[str]:
    """What axe-core objects to, each with the first element that it means."""
    await page.evaluate(AXE.read_text())
    said: dict[str, Any] = await page.evaluate(f"axe.run({{ runOnly: {RULES} }})")
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in said["violations"]]
