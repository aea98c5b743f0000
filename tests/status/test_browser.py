"""The Status Frontend in a real browser: usable by everybody, live with scripts and whole without."""

import pytest
from playwright.async_api import Page

from cloud_api.access.shared_secrets import Group
from cloud_api.pages.status import live
from cloud_api.store.silence import LONGEST
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, fresh_draft
from tests.pages.chromium import every_look, press, tab_to
from tests.registration import browsing
from tests.registration.browsing import browser, enter
from tests.status.watching import watch

AGENT = {"User-Agent": "zaehlwerk-edge/0.1.0 (python/3.11.2)", "Zaehlwerk-State": "buffered=12, update=current"}


async def populate(cloud: Cloud, home: Home, clock: HandClock) -> None:
    """A silent device with gaps and an incident, and another that waits."""
    await cloud.add_household(fresh_draft())
    begin = clock.now()
    clock.move(LONGEST)
    times = [(begin + LONGEST * part / 12).strftime("%Y-%m-%dT%H:%M:%SZ") for part in (1, 2, 3, 6, 7)]
    assert (await ask(home.client, "POST", UPLOAD, json=measured(home.meter, *times), headers=AGENT))[0] == 200
    report = f"/household/meter/{home.meter}/incident/report"
    assert (await ask(home.client, "POST", report, json={"kind": "SERIAL-PORT-UNAVAILABLE", "cause": "absent"}))[
        0
    ] == 200
    async with watch(cloud) as rounds:
        clock.move(2 * LONGEST)
        await rounds.one()


async def log_in(page: Page, cloud: Cloud) -> None:
    await browsing.log_in(page, cloud, "/status", Group.ADMINISTRATOR)


@pytest.mark.parametrize("language", ["de", "en"])
async def test_no_page_shuts_anybody_out(cloud: Cloud, granted: Home, clock: HandClock, language: str) -> None:
    await populate(cloud, granted, clock)
    async with browser(cloud, language=language) as page:
        await page.goto("/status")
        wrong = await every_look(page, "login")
        await log_in(page, cloud)
        for path in ("", f"/{granted.device}", "?text=nobody", "/releases", "/nowhere"):
            await page.goto(f"/status{path}")
            wrong += await every_look(page, path)
    assert wrong == []


async def test_the_list_follows_what_happens_while_it_is_open(
    cloud: Cloud, granted: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY", 0.1)
    async with browser(cloud) as page:
        async with page.expect_response("**/status/live*"):
            await log_in(page, cloud)
        await page.focus("#devices table a")  # nothing changes under the keyboard, and all of it once that is elsewhere
        report = f"/household/meter/{granted.meter}/incident/report"
        said = {"kind": "SERIAL-PORT-UNAVAILABLE", "cause": "absent"}
        assert (await ask(granted.client, "POST", report, json=said))[0] == 200
        await page.focus("#text")
        await page.wait_for_selector("text=The reading head is not plugged in.")


async def test_diagnostics_are_asked_for_without_scripts(cloud: Cloud, granted: Home) -> None:
    async with browser(cloud, scripts=False) as page:
        await log_in(page, cloud)
        await page.click("text=Erika Mustermann")
        await page.click("text=Ask for its diagnostics")
        await page.wait_for_selector("text=the device sends them at its next contact")


async def test_a_silent_device_is_found_by_the_keyboard_alone(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    await populate(cloud, granted, clock)
    async with browser(cloud) as page:
        await enter(page, cloud, "/status", Group.ADMINISTRATOR)
        await tab_to(page, "#consent")
        await page.keyboard.press("ArrowDown")  # not granted yet
        await tab_to(page, "#sort")
        await page.keyboard.press("ArrowDown")
        await press(page, ".filters button")
        await page.wait_for_url("**/status?*consent=not-granted*sort=completeness*")
        assert await page.locator("main table a[href]").count() == 1
        await press(page, "#totals a[href$='standing=silent']")  # counts of all lead to all, without the filters
        await page.wait_for_selector("#totals a[aria-current] .silent")
        await press(page, f"main table a[href$='{granted.device}']")
        await page.wait_for_url(f"**/status/{granted.device}")
        await press(page, "form[action$='/diagnostics'] button")
        await page.wait_for_selector("text=the device sends them at its next contact")
