"""A database in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from edge_app.store.database import open_database
from tests.store.values import START

MEBIBYTE = 1024 * 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "edge.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    database = open_database(path, largest=64 * MEBIBYTE, now=START)
    yield database
    database.close()
