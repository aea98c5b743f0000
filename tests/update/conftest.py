"""What the tests of updates share: a repository, its server, and the device's side of it."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_app.fleet.update.fetcher import Fetcher
from edge_app.fleet.update.repository import Repository
from tests.update.publishing import Publisher
from tests.update.serving import Server, serving
from tests.update.wheels import application


@dataclass
class Shop:
    """A publisher, the server of what it publishes, and a device that looks there."""

    publisher: Publisher
    server: Server
    repository: Repository
    made: Path
    """A folder for wheels before they are published."""

    def offer(self, version: str, /, **changed: object) -> None:
        """Publish one version of one wheel."""
        self.publisher.release(version, [application(self.made, version)], **changed)
        self.publisher.channel(version)
        self.publisher.publish()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    publisher = Publisher(tmp_path / "published")
    home = tmp_path / "device"
    home.mkdir()
    (home / "root.json").write_bytes(publisher.root)
    with (
        serving(publisher.folder) as server,
        Fetcher.open(ssl.create_default_context(), timeout=10) as fetcher,
    ):
        repository = Repository(
            root=home / "root.json",
            metadata=home / "metadata",
            wheels=home / "wheels",
            url=server.url,
            fetcher=fetcher,
        )
        yield Shop(publisher=publisher, server=server, repository=repository, made=tmp_path / "made")
