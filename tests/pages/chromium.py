"""Chromium in front of the pages, and axe-core, which knows what people with disabilities cannot use."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.house.sources import ROOT

CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "templates/npm/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_THE_LOOK = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"]
"""Rules whose answer may change with theme or width."""
LOOKS = (("light", 1440), ("light", 360), ("dark", 360), ("dark", 1440))
FOCUS = """() => {
  const on = document.activeElement, style = getComputedStyle(on);
  return on === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
}"""


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


async def findings(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core objects to, by all of its rules or by some, each with the first element that it means."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())  # by the debugger, whom the content policy does not bind
    only = {"type": "rule", "values": list(rules)} if rules else RULES
    said: dict[str, Any] = await page.evaluate("only => axe.run({ runOnly: only })", only)
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in said["violations"]]


async def every_look(page: Page, name: str) -> list[str]:
    """What is wrong with a page at rest, light and dark, on phone and desktop: a finding, or a page too wide."""
    wrong: list[str] = []
    for theme, width in LOOKS:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its words
        await page.set_viewport_size({"width": width, "height": 800})
        found = await findings(page, OF_THE_LOOK if (theme, width) != LOOKS[0] else ())
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{name} {theme} {width}: {finding}" for finding in found]
        wrong += [f"{name} {theme}: {over} pixels wider than {width}"] if over > 0 else []
    return wrong


async def tab_to(page: Page, selector: str) -> None:
    """Go on by the keyboard until something has the focus; wherever it is on the way, it is seen."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        assert await page.evaluate(FOCUS), await page.evaluate("document.activeElement.outerHTML")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not lead to {selector}")


async def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to something by the keyboard, and press a key there."""
    await tab_to(page, selector)
    await page.keyboard.press(key)
