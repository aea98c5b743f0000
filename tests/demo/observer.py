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

    def __init__(self, session: aiohttp.ClientSession, url: str, bundle: Path) -> None:
        self._session = session
        self._url = url
        self._bundle = bundle
        self._database = bundle / "edge.db"
        self._own = self._trusting()
        self._stamps: list[int] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, *, bundle: Path, url: str) -> AsyncIterator["Observer"]:
        async with aiohttp.ClientSession() as session:
            yield cls(session, url, bundle)

    async def answers(self) -> bool:
        """Whether the cloud is ready."""
        try:
            async with self._session.get(f"{self._url}/readyz", ssl=self._trusting()) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def measurements(self, meter: str) -> list[Mapping[str, Any]]:
        """All measurements of a meter that the cloud gives back (endpoint 7), oldest first."""
        found: list[Mapping[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"limit": "1000", **({"cursor": cursor} if cursor else {})}
            path = f"{self._url}/household/meter/{meter}/measurement"
            async with self._session.get(path, params=query, ssl=self._as_device()) as response:
                response.raise_for_status()
                page = json.loads(await response.text(), parse_float=Decimal)
            found += page["measurements"]
            cursor = page["next"]
            if not cursor:
                return found

    def _as_device(self) -> ssl.SSLContext:
        """The device's certificate of now: it exchanges the one of its bundle at first contact."""
        files = self._bundle / "device.pem", self._bundle / "device.key"
        stamps = [file.stat().st_mtime_ns for file in files]
        if stamps != self._stamps:
            context = self._trusting()
            with contextlib.suppress(ssl.SSLError):  # one file is replaced, the other not yet
                context.load_cert_chain(*files)
                self._own, self._stamps = context, stamps
        return self._own

    def _trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._bundle / "ca.pem")

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
