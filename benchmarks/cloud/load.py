"""Load: a process of its own that sends over kept-alive connections as quickly as it is answered.

Each connection is one device's, and sends its next request once the last one is answered. The task comes as JSON on
standard input, and what was measured goes to standard output.
"""

import asyncio
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from cloud_api.folder.bundle import CA, CERTIFICATE, KEY

SLOTS = 4
"""Measurements of each of two meters in a request: an hour."""
STEP = timedelta(milliseconds=10)
"""From one time to the next. Devices of a whole country in one process: time has to go quicker than it does."""
BACK = timedelta(minutes=45)
"""Times begin so long ago: they are neither ahead of the server's nor too old to be on time."""
END, LENGTH = b"\r\n\r\n", b"content-length:"


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """A device: its bundle, its household and its two meters."""

    bundle: str
    household: str
    meters: tuple[str, str]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What to send, where and for how long; without bundles nobody is asked for a certificate and nothing encrypted."""

    port: int
    kind: Literal["json", "lines", "handshakes"]
    speakers: list[Speaker]
    seconds: float
    warm: float = 1.0
    """Seconds before that do not count."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered in so many seconds."""

    answers: int
    seconds: float
    p50: float
    """Milliseconds from request to answer, and so is p99."""
    p99: float
    cpu: float
    """Processor seconds that sending took."""

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


class Connection(asyncio.Protocol):
    """One device's connection."""

    def __init__(self, requests: Iterator[bytes], note: Callable[[float, float], None]) -> None:
        self._requests = requests
        self._note = note
        self._received = b""
        self._sent = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(END)
        if not end:
            return
        _, found, length = head.lower().partition(LENGTH)
        if found and len(body) < int(length.split(b"\r", 1)[0]):
            return
        if not head.startswith(b"HTTP/1.1 2"):
            self._end(RuntimeError(f"refused: {self._received.decode()}"))
            return
        self._received = b""
        self._note(self._sent, time.perf_counter())
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or RuntimeError("the server has closed the connection"))

    def close(self) -> None:
        self._end(None)
        self._transport.abort()

    def _send(self) -> None:
        if not self.ended.done():
            self._sent = time.perf_counter()
            self._transport.write(next(self._requests))

    def _end(self, error: Exception | None) -> None:
        if self.ended.done():
            return
        if error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)


def uploads(speaker: Speaker, since: datetime) -> Iterator[bytes]:
    """The requests of a device: each an hour of two meters, with exact values that go on."""
    number = 0
    while True:
        times = [f"{since + (number + slot) * STEP:%Y-%m-%dT%H:%M:%S.%f}Z" for slot in range(SLOTS)]
        measurements = ",".join(
            f'{{"meter":"{meter}","time":"{at}","data":[{{"0100010800ff":{_energy(number + slot)}}},'
            f'{{"0100020800ff":{_energy(number // 2 + slot)}}},{{"0100100700ff":{_power(number + slot)}}}]}}'
            for meter in speaker.meters
            for slot, at in enumerate(times)
        )
        body = f'{{"measurements":[{measurements}]}}'
        yield _request("/household/meter/measurement", "application/json", body)
        number += SLOTS


def lines(speaker: Speaker, since: datetime) -> Iterator[bytes]:
    """The same values in InfluxDB's line protocol."""
    number, begin = 0, round(since.timestamp() * 1_000_000)
    step = STEP // timedelta(microseconds=1)
    while True:
        body = "\n".join(
            f"measurement,household={speaker.household},meter={meter} 0100010800ff={_energy(number + slot)},"
            f"0100020800ff={_energy(number // 2 + slot)},0100100700ff={_power(number + slot)}"
            f" {begin + (number + slot) * step}"
            for meter in speaker.meters
            for slot in range(SLOTS)
        )
        yield _request("/write?db=bench&precision=u", "text/plain", body)
        number += SLOTS


def _energy(number: int) -> str:
    return f"{10_234 + number // 10_000}.{number % 10_000:04}"


def _power(number: int) -> str:
    return f"-0.{number % 1000:03}"


def _request(path: str, media_type: str, body: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return f"{head}{body}".encode()


def context(bundle: Path) -> ssl.SSLContext:
    """A device's, by its bundle."""
    made = ssl.create_default_context(cafile=bundle / CA)
    made.load_cert_chain(bundle / CERTIFICATE, bundle / KEY)
    return made


async def keep_sending(task: Task) -> Load:
    """One connection for each speaker."""
    loop = asyncio.get_running_loop()
    since = datetime.now(UTC) - BACK
    answered: list[tuple[float, float]] = []
    made = uploads if task.kind == "json" else lines
    connections = []
    for speaker in task.speakers:
        _, connection = await loop.create_connection(
            lambda speaker=speaker: Connection(made(speaker, since), lambda *times: answered.append(times)),
            "localhost",
            task.port,
            ssl=context(Path(speaker.bundle)) if task.kind == "json" else None,
        )
        connections.append(connection)
    ended = asyncio.gather(*(connection.ended for connection in connections))
    await asyncio.wait([ended], timeout=task.warm)
    answered.clear()
    begin, cpu = time.perf_counter(), time.process_time()
    await asyncio.wait([ended], timeout=task.seconds)
    end, cpu = time.perf_counter(), time.process_time() - cpu
    for connection in connections:
        connection.close()
    await ended
    return _load(answered, end - begin, cpu)


async def keep_connecting(task: Task) -> Load:
    """Each speaker makes a new connection again and again, and closes it once TLS stands in both directions."""
    contexts = [context(Path(speaker.bundle)) for speaker in task.speakers]
    answered: list[tuple[float, float]] = []
    begin, cpu = time.perf_counter(), time.process_time()

    async def connect(made: ssl.SSLContext) -> None:
        while time.perf_counter() < begin + task.seconds:
            sent = time.perf_counter()
            reader, writer = await asyncio.open_connection("localhost", task.port, ssl=made)
            writer.write(b"GET /household/consent HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if not (await reader.read()).startswith(b"HTTP/1.1 200"):
                raise RuntimeError("refused")
            writer.transport.abort()
            answered.append((sent, time.perf_counter()))

    await asyncio.gather(*map(connect, contexts))
    return _load(answered, time.perf_counter() - begin, time.process_time() - cpu)


def _load(answered: list[tuple[float, float]], seconds: float, cpu: float) -> Load:
    taken = sorted((end - begin) * 1000 for begin, end in answered)
    return Load(
        answers=len(taken),
        seconds=seconds,
        p50=taken[len(taken) // 2],
        p99=taken[len(taken) * 99 // 100],
        cpu=cpu,
    )


def main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    sending = keep_connecting if task.kind == "handshakes" else keep_sending
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(sending(task))))


if __name__ == "__main__":
    main()
