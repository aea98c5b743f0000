"""What the cloud is asked for the pages is asked side by side, and what it said last is kept."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_app.store import Store
from edge_app.testing import HandClock
from edge_app.web.participant.inquiries import Cloud, Inquiries

PATHS = ("account", "household", "household/meter")


async def test_a_slow_cloud_is_waited_for_once_whatever_a_page_asks(tmp_path: Path) -> None:
    asked: set[str] = set()
    all_asked = asyncio.Event()

    async def ask(path: str) -> Mapping[str, Any]:
        asked.add(path)
        if len(asked) == len(PATHS):
            all_asked.set()
        await all_asked.wait()
        return {"path": path}

    async def tell(path: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(f"{path} is told {document}")

    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        inquiries = Inquiries(store, Cloud(ask=ask, tell=tell), HandClock())
        async with asyncio.timeout(8):
            known = await inquiries.know_all(PATHS)
        await inquiries.close()
    assert {path: each.content for path, each in known.items()} == {path: {"path": path} for path in PATHS}
