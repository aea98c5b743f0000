"""The page says whether the values arrive, and if not, why."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler

from edge_app.web.access.sessions import Session
from edge_app.web.keys import SESSION
from edge_app.web.plugin_pages import mount
from tests.mqtt.conftest import GRANTED, REVOKED, Home, begun, running
from tests.mqtt.mosquitto import Mosquitto, pass_until
from tests.waiting import until

Browser = TestClient[Any, Any]


@pytest.fixture
async def home(stopped: Mosquitto, tmp_path: Path) -> AsyncIterator[Home]:
    """A device whose broker is still away."""
    home = begun(stopped, tmp_path)
    async with running(home):
        yield home


@web.middleware
async def somebody(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever asks has logged in."""
    request[SESSION] = Session(roles=frozenset(), began=0.0, used=0.0)
    return await handler(request)


@pytest.fixture
async def browser(home: Home) -> AsyncIterator[Browser]:
    pages = web.Application(middlewares=[somebody])
    mount(pages, home.plugins)
    async with TestClient(TestServer(pages)) as browser:
        yield browser


async def read(browser: Browser) -> str:
    async with browser.get("/plugin/mqtt/", headers={"Accept-Language": "en"}) as response:
        return await response.text()


async def test_it_says_whether_the_values_arrive(
    home: Home, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Without your consent nothing goes to Home Assistant." in await read(browser)
    home.decide(GRANTED)
    await until(lambda: "is not reached" in caplog.text)
    text = await read(browser)
    assert "do not reach Home Assistant at the moment" in text
    assert "Connection refused" in text
    assert f"127.0.0.1:{home.broker.port}" in text
    caplog.set_level("INFO")
    await home.broker.start()
    await pass_until(home.clock, lambda: "is reached" in caplog.text)
    text = await read(browser)
    assert "The values of your meters go to Home Assistant." in text
    assert "refused" not in text
    home.decide(REVOKED)
    assert "Without your consent nothing goes to Home Assistant." in await read(browser)
