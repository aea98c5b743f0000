"""What the demonstration looks at: the device's database, and the cloud through the device's own certificate."""

import contextlib
import json
import sqlite3
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
from sqlite_utils import Database

from edge_app.store.measurements import waiting


class Observer:
    """Asks both ends what they hold, changing nothing."""

    def __init__(self, session: aiohttp.ClientSession, url: str, database: Path) -> None:
        self._session = session
        self._url = url
        self._database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, *, bundle: Path, url: str) -> AsyncIterator["Observer"]:
        context = ssl.create_default_context(cafile=bundle / "ca.pem")
        context.load_cert_chain(bundle / "device.pem", bundle / "device.key")
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            yield cls(session, url, bundle / "edge.db")

    async def answers(self) -> bool:
        """Whether the cloud is ready."""
        try:
            async with self._session.get(f"{self._url}/readyz") as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def measurements(self, meter: str) -> list[Mapping[str, Any]]:
        """All measurements of a meter that the cloud gives back (endpoint 7), oldest first."""
        found: list[Mapping[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"limit": "1000", **({"cursor": cursor} if cursor else {})}
            async with self._session.get(f"{self._url}/household/meter/{meter}/measurement", params=query) as response:
                response.raise_for_status()
                page = json.loads(await response.text(), parse_float=Decimal)
            found += page["measurements"]
            cursor = page["next"]
            if not cursor:
                return found

    def device(self) -> tuple[int, int]:
        """How many measurements the device has, and how many of them wait there."""
        if not self._database.exists():
            return 0, 0
        with contextlib.closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            try:
                return kept(connection), waiting(Database(connection, execute_plugins=False))
            except sqlite3.OperationalError:
                return 0, 0  # its tables are being made


def kept(connection: sqlite3.Connection) -> int:
    number: int = connection.execute("select count(*) from measurement").fetchone()[0]
    return number
