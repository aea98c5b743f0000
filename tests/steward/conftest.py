"""A store, and the vault beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_app.store import Store
from edge_app.store.vault import Vault
from tests.steward.cellar import store_in


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_in(tmp_path) as store:
        yield store


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.beside(tmp_path / "edge.db")
