"""Pages of plugins stand below their name, behind the guard, and are listed on the start page."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from edge_app.store import Store
from edge_app.web.keys import Decisions
from edge_app.web.pages import make_pages
from edge_app.web.plugin_pages import mount
from tests.hooks.plugins import SABOTEUR, WITNESS
from tests.hooks.test_hooks import GREETING, begun

UNTITLED = WITNESS.replace('"de": "Der Zeuge", ', "")
Browser = TestClient[Any, Any]


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    tables = GREETING | {"mqtt": {"host": "localhost"}, "untitled": {"greeting": "hello"}}
    plugins, _ = begun(tmp_path, tables, saboteur=SABOTEUR, untitled=UNTITLED, witness=WITNESS)

    async def refuse() -> Any:
        raise AssertionError("nobody decides here")

    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        pages = make_pages(store=store, meters=[], decisions=Decisions(grant=refuse, revoke=refuse), names=[])
        mount(pages, plugins)
        async with TestClient(TestServer(pages)) as browser:
            yield browser


async def read(browser: Browser, path: str, *, status: int = 200, language: str = "en", **headers: str) -> str:
    async with browser.get(path, headers={"Accept-Language": language, **headers}) as response:
        assert response.status == status
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        return await response.text()


async def test_the_start_page_leads_to_them_in_the_reader_s_language(browser: Browser) -> None:
    text = await read(browser, "/")
    assert '<a href="/plugin/witness/">The witness</a>' in text
    assert '<a href="/plugin/witness/">Der Zeuge</a>' in await read(browser, "/", language="de")
    assert '<a href="/plugin/witness/more">More</a>' in text
    assert text.count('<a href="/plugin/') == 3


async def test_a_page_answers_in_the_reader_s_language(browser: Browser) -> None:
    assert await read(browser, "/plugin/witness/") == "hello in en"
    assert await read(browser, "/plugin/witness/", language="de") == "hello in de"


async def test_they_stand_behind_the_guard(browser: Browser) -> None:
    await read(browser, "/plugin/witness/", status=421, Host="evil.example")
    origin = {"Origin": str(browser.make_url("/")).rstrip("/")}
    token = await read(browser, "/plugin/witness/token")
    for headers, form, status in (
        ({}, {"form_token": token}, 403),
        (origin, {}, 403),
        (origin, {"form_token": "x"}, 403),
        (origin, {"form_token": token}, 200),
    ):
        async with browser.post("/plugin/witness/", headers=headers, data=form) as response:
            assert response.status == status


def told(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What we said, without the lines of the server."""
    return [record for record in caplog.records if record.name.startswith("edge_app.")]


async def test_a_page_that_fails_is_answered_and_told_once(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        assert await read(browser, "/plugin/witness/broken", status=500) == "This page has a fault."
    (line,) = [record.getMessage() for record in told(caplog) if "witness" in record.getMessage()]
    assert "LookupError: a page without a text" in line


async def test_an_answer_that_is_meant_is_no_fault(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    assert await read(browser, "/plugin/witness/gone", status=410) == "no more"
    assert not [record for record in told(caplog) if "witness" in record.getMessage()]


async def test_a_page_without_a_title_in_both_languages_is_a_fault(browser: Browser) -> None:
    await read(browser, "/plugin/untitled/", status=404)


async def test_the_page_of_mqtt_says_how_it_goes(browser: Browser) -> None:
    assert "Without your consent nothing goes to Home Assistant." in await read(browser, "/plugin/mqtt/")
    text = await read(browser, "/plugin/mqtt/", language="de")
    assert "Ohne Ihre Einwilligung geht nichts an Home Assistant." in text
    assert '<link rel="stylesheet" href="/static/style.css">' in text
    assert "localhost:1883" in text
