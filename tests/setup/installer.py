"""An installer with a phone: the pages of a whole device, read and answered over HTTP alone."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiohttp
from aiohttp.test_utils import unused_port

from edge_app import app, config
from tests.cloud.running import Cloud

SETTINGS = """
[cloud]
url = "{url}"

[schedule]
interval = 1
clock = "trusted"

[pages]
host = "127.0.0.1"
port = {port}
announce = false
{code}
"""
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
PATIENCE = 30.0
"""Seconds after which a page that does not come to say what is waited for fails the test."""


@dataclass
class Installer:
    """Reads pages, presses buttons."""

    browser: aiohttp.ClientSession
    origin: str

    async def read(self, path: str, *, status: int = 200) -> str:
        async with self.browser.get(self.origin + path, headers={"Accept-Language": "en"}) as response:
            text = await response.text()
            assert response.status == status, text
            return text

    async def press(self, path: str, *, of: str, **form: str) -> str:
        """Send a form that stands on the page `of`; the page that follows."""
        found = TOKEN.search(await self.until(of, lambda text: TOKEN.search(text) is not None))
        assert found, of
        headers = {"Origin": self.origin, "Accept-Language": "en"}
        data = {"form_token": found[1], **form}
        async with self.browser.post(self.origin + path, data=data, headers=headers) as response:
            text = await response.text()
            assert response.status == 200, text
            return text

    async def test(self, port: Path | str, *, until: str) -> str:
        """Press the button that tests a meter; the page when it says something."""
        await self.press(at("trial", port), of=at("trial", port))
        return await self.until(at("trial", port), until)

    async def until(self, path: str, says: str | Callable[[str], bool]) -> str:
        """Load a page again and again until it says something."""
        fits = says if callable(says) else lambda text: says in text
        text = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while not fits(text := await self.read(path)):  # noqa: ASYNC110  # the device sets no event of ours
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"{path} never said it: {text}") from None
        return text


def at(page: str, port: Path | str) -> str:
    """The address of a page about a probe."""
    return f"/setup/{page}?port={quote(str(port), safe='')}"


@asynccontextmanager
async def device(folder: Path, cloud: Cloud, device: str, *, code: str = "") -> AsyncIterator[Installer]:
    """A whole device that knows its household and no meter; `code` is the hash of the installer's."""
    folder.mkdir(exist_ok=True)
    await cloud.provision(device, folder)
    port = unused_port()
    (folder / "edge.toml").write_text(
        SETTINGS.format(url=cloud.url, port=port, code=f'installer_code = "{code}"' if code else "")
    )
    async with at_work(folder, port) as installer:
        yield installer


@asynccontextmanager
async def at_work(folder: Path, port: int) -> AsyncIterator[Installer]:
    """The device of a folder while it runs."""
    serving = asyncio.create_task(app.serve(config.load(folder)))
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            origin = f"http://127.0.0.1:{port}"
            async with asyncio.timeout(PATIENCE):
                while not await _answers(browser, origin):
                    assert not serving.done(), serving.exception()
                    await asyncio.sleep(0.05)
            yield Installer(browser=browser, origin=origin)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _answers(browser: aiohttp.ClientSession, origin: str) -> bool:
    try:
        async with browser.get(f"{origin}/static/mark.svg") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
