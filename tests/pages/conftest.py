"""A home whose pages open without a code, as on a bench."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pages.home import Home, at_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path) as there:
        yield there
