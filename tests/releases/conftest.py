"""What the tests of releases begin with."""

import shutil
from pathlib import Path

import pytest

from cloud_api.folder.layout import DataFolder
from tests.cloud.conftest import (
    clock,
    cloud,
    granted,
    home,
    place,
    pytest_configure,
    pytest_generate_tests,
    server,
)
from tests.releases.publishing import Publisher
from tests.status.conftest import administrator

__all__ = [
    "administrator",
    "clock",
    "cloud",
    "granted",
    "home",
    "place",
    "pytest_configure",
    "pytest_generate_tests",
    "server",
]


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a repository of releases, and the keys of its three holders, made once."""
    folder = tmp_path_factory.mktemp("releases")
    Publisher.new(folder / "cloud", folder / "keys")
    return folder


@pytest.fixture
def publisher(begun: Path, tmp_path: Path) -> Publisher:
    """A copy of it."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return Publisher(DataFolder(tmp_path / "cloud"), tmp_path / "keys")
