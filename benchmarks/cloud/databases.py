"""The databases that are measured: SQLite, and a PostgreSQL of this run's own where its programs are installed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cloud_api.errors import SetupError
from cloud_api.store.dump import program
from cloud_api.store.place import Place
from tests.cloud.postgres import postgres

SAFE = "-c listen_addresses='' -c max_connections=60"
"""As it is delivered: each commit is on the disk before it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A database, and the process of its server if it has one."""

    name: str
    place: Place
    processes: tuple[int, ...] = ()
    settle: Callable[[], None] = lambda: None
    """Bring it at once into the state that it comes to by itself in a minute, after many rows were added."""


@contextmanager
def databases(folder: Path) -> Iterator[list[Kind]]:
    sqlite = Kind(name="SQLite", place=folder / "cloud.db")
    try:
        program("initdb")
    except SetupError:
        print("PostgreSQL is not installed, and is left out (Debian: postgresql)")
        yield [sqlite]
        return
    with postgres(SAFE) as server:
        first = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
        place = server.fresh()
        settle = partial(server.vacuum, place)
        yield [sqlite, Kind(name="PostgreSQL", place=place, processes=(first,), settle=settle)]
