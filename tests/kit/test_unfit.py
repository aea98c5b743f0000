"""A plugin that cannot be used is named wherever somebody may look, and the others run on."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from edge_app.cli import main
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.plugins.running import Plugins
from edge_app.store import Store
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import Decisions
from edge_app.web.pages import make_pages
from edge_app.web.plugin_pages import mount
from tests.kit.plugins import Author

Browser = TestClient[Any, Any]


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """Three plugins in the folder: one that is good, one for a model of ours, one that fails."""
    author = Author(tmp_path)
    folder = tmp_path / "plugins"
    author.package.rename(folder)
    (folder / "twin.py").write_text((folder / "new_1.py").read_text().replace('"NEW-1"', '"MT681"'))
    (folder / "bad.py").write_text("1/0")
    return folder


@pytest.fixture
async def browser(tmp_path: Path, folder: Path) -> AsyncIterator[Browser]:
    async def refuse() -> Any:
        raise AssertionError("nobody decides here")

    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        pages = make_pages(store=store, meters=[], decisions=Decisions(grant=refuse, revoke=refuse), names=[])
        mount(pages, Plugins(load(folder)))
        async with TestClient(TestServer(pages)) as browser:
            yield browser


def test_the_list_of_models_names_it_and_has_the_others(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert main(["--config", str(tmp_path), "models"]) == 0
    said = capsys.readouterr().out
    assert "NEW-1" in said
    assert "bad.py could not be used: ZeroDivisionError: division by zero" in said


def test_of_two_for_one_model_both_are_named_and_the_installed_one_stays(folder: Path) -> None:
    catalogue = load(folder)
    assert "twin.py brings MT681, which mt681 (zaehlwerk) has brought already" in catalogue.failed["twin.py"]
    assert catalogue.origins["MT681"] == "mt681 (zaehlwerk)"


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_page_names_it_in_both_languages(browser: Browser, language: str) -> None:
    async with browser.get("/", headers={"Accept-Language": language}) as response:
        text = await response.text()
    assert Reader(language).say("home.unfit") in text
    assert "<p>bad.py, twin.py</p>" in text
    assert Reader(language).say("home.unfit_next") in text


async def test_a_page_without_faults_says_nothing_of_them(tmp_path: Path) -> None:
    async def refuse() -> Any:
        raise AssertionError("nobody decides here")

    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        pages = make_pages(store=store, meters=[], decisions=Decisions(grant=refuse, revoke=refuse), names=[])
        mount(pages, Plugins(load()))
        async with TestClient(TestServer(pages)) as browser, browser.get("/") as response:
            assert Reader("de").say("home.unfit") not in await response.text()
