"""`python -m tests.update.fuzz`: ten thousand damaged bodies of metadata, each refused in words or harmless."""

import argparse
import ssl
import sys
import tempfile
import time
from pathlib import Path

from edge_app.fleet.update.fetcher import Fetcher
from edge_app.fleet.update.repository import Repository
from tests.update.conftest import Shop
from tests.update.publishing import Publisher
from tests.update.serving import serving
from tests.update.test_fuzz import fuzz


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.update.fuzz", description=__doc__)
    parser.add_argument("--bodies", type=int, default=10_000)
    given, began = parser.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        home, publisher = Path(name), Publisher(Path(name) / "published")
        (home / "root.json").write_bytes(publisher.root)
        with serving(publisher.folder) as server, Fetcher.open(ssl.create_default_context(), timeout=10) as fetcher:
            repository = Repository(
                root=home / "root.json",
                metadata=home / "metadata",
                wheels=home / "wheels",
                url=server.url,
                fetcher=fetcher,
            )
            shop = Shop(publisher=publisher, server=server, repository=repository, made=home / "made")
            shop.offer("1.1.0")
            refused = fuzz(shop, given.bodies, seed=1)
    print(f"{given.bodies} bodies in {time.monotonic() - began:.0f} s: {refused} refused in words, no crash")
    return 0


if __name__ == "__main__":
    sys.exit(main())
