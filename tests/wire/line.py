"""A line between device and cloud that ends the cloud's life between its commit and its answer."""

import asyncio
import sqlite3
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path


class Line:
    """Carries bytes both ways, and kills the cloud when it is about to answer that it has stored something."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._before = 0
        self.port = 0
        self._victim: Process | None = None

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[int]:
        """The device's end, as a port."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    def lead_to(self, port: int, victim: Process | None) -> None:
        self.port, self._victim, self._before = port, victim, self._stored()

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.port)
            await asyncio.gather(self._pass(reader, back), self._pass_answers(there, writer))
        except OSError:
            pass  # the cloud is dead
        finally:
            writer.close()

    async def _pass(self, reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def _pass_answers(self, reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(65_536):
            if self._victim and self._stored() > self._before:
                self._victim.kill()
                break
            writer.write(data)
        writer.close()

    def _stored(self) -> int:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            count: int = database.execute("select count(*) from measurement").fetchone()[0]
            return count
