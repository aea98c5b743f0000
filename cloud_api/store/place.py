"""Where a database is: a file of SQLite's, or a database of a PostgreSQL server's."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cloud_api.errors import SetupError

FILES = ("sqlite:///", "sqlite+aiosqlite:///")
SERVERS = ("postgresql://", "postgres://", "postgresql+asyncpg://")


@dataclass(frozen=True, slots=True)
class Server:
    """A database of a PostgreSQL server; shown without its password."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The URL without its password, and without its query, which may hold one."""
        parts = urlsplit(self.url)
        user = f"{parts.username}@" if parts.username else ""
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        return f"postgresql://{user}{host}{port}{parts.path}"


Place = Path | Server


def place_of(url: str) -> Place:
    """A place out of a URL. Raises SetupError, which does not repeat the URL, for any other database."""
    for scheme in FILES:
        if url.startswith(scheme) and url != scheme:
            return Path(url.removeprefix(scheme))
    for scheme in SERVERS:
        if url.startswith(scheme):
            server = Server("postgresql://" + url.removeprefix(scheme))
            try:
                server.shown.encode()
            except ValueError:
                break
            return server
    raise SetupError(
        "not a database that can be used (expected a URL such as sqlite:////srv/cloud.db or postgresql://host/name)"
    )
