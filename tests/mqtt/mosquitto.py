"""A real Mosquitto on the loopback, and somebody in the house who listens to all that is said there."""

import asyncio
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from edge_app.testing import HandClock
from tests.waiting import until

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin")


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


class Mosquitto:
    """One broker; it forgets everything when it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.certificate: tuple[Path, Path] | None = None
        self._folder = folder
        self._passwords: Path | None = None
        self._process: asyncio.subprocess.Process | None = None

    def ask_for(self, username: str, password: str) -> None:
        """Let nobody in but this one."""
        self._passwords = self._folder / "passwords"
        words = ["mosquitto_passwd", "-b", "-c", str(self._passwords), username, password]
        subprocess.run(words, check=True, capture_output=True)

    async def start(self) -> None:
        assert PROGRAM
        lines = ["user root", "persistence false", f"listener {self.port} 127.0.0.1"]
        lines += [f"password_file {self._passwords}"] if self._passwords else ["allow_anonymous true"]
        if self.certificate:
            lines += [f"certfile {self.certificate[0]}", f"keyfile {self.certificate[1]}"]
        settings = self._folder / "mosquitto.conf"
        settings.write_text("\n".join(lines) + "\n")
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(PROGRAM, "-c", settings, stdout=log, stderr=log)
        await until(self._listens)

    async def stop(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.terminate()
            await asyncio.wait_for(self._process.wait(), 10)

    def _listens(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0


@dataclass
class House:
    """What is said at a broker: the last word on each topic, and how often there was one."""

    said: dict[str, str] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)

    @property
    def standing(self) -> dict[str, str]:
        """The topics that are not empty."""
        return {topic: text for topic, text in self.said.items() if text}


@asynccontextmanager
async def listening(
    broker: Mosquitto, *, username: str | None = None, password: str | None = None
) -> AsyncIterator[House]:
    """Hear all topics, those first that stand already."""
    house = House()

    async def hear(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            house.said[str(message.topic)] = message.payload.decode()
            house.count[str(message.topic)] += 1

    async with aiomqtt.Client("127.0.0.1", broker.port, username=username, password=password) as client:
        await client.subscribe("#", qos=1)
        hearing = asyncio.create_task(hear(client))
        try:
            yield house
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])


async def pass_until(clock: HandClock, condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Move the clock on, a second at a time, until something has happened outside."""
    async with asyncio.timeout(seconds):
        while not condition():
            await clock.advance(1)
            await asyncio.sleep(0.005)
