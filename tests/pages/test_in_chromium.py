"""In a real browser: nobody is kept out, pages are light and live, and nothing is asked of a foreign host."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.async_api import Page, Response, expect

from edge_app.model.incident import Cause, Incident
from edge_app.store import incidents, measurements, uploads
from edge_app.sync.wire import batch, packed
from edge_app.web.access.codes import Codes, normal
from edge_app.web.frame.page import has_asset
from tests.house.sources import ROOT
from tests.pages.chromium import chromium, every_look
from tests.pages.home import AT, MT681, Home, at_home
from tests.pages.registered import registered

CODE = "K7QM-4XWT-9B2H"
CODES = Codes(participant=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(normal(CODE)))
PAGES = (
    "/",
    "/consent",
    "/measurements",
    "/measurements?span=week",
    "/measurements?span=year",
    "/meters",
    "/uploads",
    "/uploads/1",
    "/registration",
)
HEAVIEST = 150_000
"""Bytes of a page with all that it loads."""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A home that has been measured for a day, with one meter in trouble."""
    async with at_home(tmp_path, codes=CODES) as there:
        there.answers |= registered("Erika Mustermann")
        yield there


async def lived_in(home: Home) -> None:
    await home.grant_here()
    for slot in reversed(range(40)):
        if slot not in {11, 12}:
            at = AT - timedelta(minutes=15 * slot)
            await home.measured(at=at, drawn=f"{200 - slot / 8:.4f}", fed_in="7.5", power=f"{slot / 20 - 1:.3f}")
    kept = [measurement for _, measurement in await home.store.run(measurements.unconfirmed, limit=50)]
    await home.store.run(uploads.note, packed(batch(kept)), len(kept), AT)
    incident = Incident(meter=MT681, cause=Cause.GARBLED, detail="in plain words", began=AT)
    await home.store.run(incidents.begin, incident)


async def enter(page: Page, home: Home) -> None:
    await page.goto(str(home.browser.make_url("/")))
    await page.fill("#code", CODE)
    await page.press("#code", "Enter")
    await page.wait_for_url("**/")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_no_page_keeps_anybody_out_in_either_theme_on_phone_or_desktop(home: Home, language: str) -> None:
    async with chromium() as browser:
        page = await browser.new_page(locale=language, viewport={"width": 1440, "height": 900})
        hosts, broken = set[str](), list[str]()
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: broken.append(str(error)))
        wrong: list[str] = []

        async def look(name: str) -> None:
            wrong.extend(await every_look(page, name))

        await page.goto(str(home.browser.make_url("/")))
        await look("/enter")
        await enter(page, home)
        await page.goto(str(home.browser.make_url("/consent")))
        await look("/consent before")
        await lived_in(home)
        for path in PAGES:
            await page.goto(str(home.browser.make_url(path)))
            await look(path)
        await page.goto(str(home.browser.make_url("/consent")))
        await page.check("[name=sure]")
        await page.fill("#code", CODE)
        await page.click("button.grave")
        await page.wait_for_selector("#confirmed")
        await look("/consent after")
        assert wrong == []
        assert broken == []
        assert hosts == {home.browser.make_url("/").authority}


async def test_live_values_change_without_loading_the_page_again(home: Home) -> None:
    await lived_in(home)
    async with chromium() as browser:
        page = await browser.new_page(locale="en")
        await enter(page, home)
        power = page.locator(f'[data-live="power-{MT681}"]')
        assert await power.inner_text() == "1.00 kW"
        await home.measured(at=AT + timedelta(minutes=15), drawn="201", power="0.222")
        await expect(power).to_have_text("222 W")


async def test_a_page_with_its_chart_is_light(home: Home) -> None:
    if not has_asset("uPlot.iife.min.js"):
        pytest.skip("uPlot is missing (`make charts`, which needs npm)")
    await lived_in(home)
    async with chromium() as browser:
        page = await browser.new_page(locale="de")
        await enter(page, home)
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        await page.goto(str(home.browser.make_url("/measurements")), wait_until="networkidle")
        assert await page.locator(".chart canvas").count() == 1
        static = {answer.url.split("/static/")[1].split("?")[0] for answer in answers if "/static/" in answer.url}
        weight = sum((ROOT / "templates/static" / name).stat().st_size for name in {*static, "style.css", "live.js"})
        weight += len((await page.content()).encode())
        assert "uPlot.iife.min.js" in static
        assert weight < HEAVIEST


async def test_without_javascript_every_page_says_the_same(home: Home) -> None:
    await lived_in(home)
    async with chromium() as browser:
        context = await browser.new_context(locale="en", java_script_enabled=False)
        page = await context.new_page()
        await enter(page, home)
        for path in PAGES:
            await page.goto(str(home.browser.make_url(path)))
            assert await page.locator("h1").count() == 1
        await page.goto(str(home.browser.make_url("/measurements")))
        await page.click("summary")
        assert await page.locator("#table tbody tr").count() > 40
