"""The probe gives bytes as they come, and comes back after whatever may happen to a port."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from edge_app.clock import Clock, SystemClock
from edge_app.errors import ProbeError
from edge_app.metering.probe.lines import Driver
from edge_app.metering.probe.probe import PAUSES, Port, Probe, connected
from edge_app.model.telegram import Chunk
from edge_app.testing import HandClock
from tests.edge.lines import Pty, Speaker, by_link, pty, tcp
from tests.edge.remote_port import remote_port
from tests.waiting import until

DRIVERS: tuple[Driver, ...] = ("serialx", "pyserial-asyncio")


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    chosen: Driver = request.param
    return chosen


@pytest.fixture(params=["pseudo-terminal", "socket"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Speaker]:
    if request.param == "socket":
        async with tcp() as port:
            yield port
    else:
        with pty() as terminal:
            yield terminal


async def listen(port: Port, clock: Clock) -> AsyncGenerator[Chunk, None]:
    """The bytes of a port that is opened once."""
    async with connected(port, clock) as line, aclosing(line.chunks()) as chunks:
        async for chunk in chunks:
            yield chunk


async def collect(chunks: AsyncGenerator[Chunk, None], end: bytes) -> bytes:
    """The bytes up to an end."""
    got = b""
    async with asyncio.timeout(10):
        async for chunk in chunks:
            got += chunk.data
            if got.endswith(end):
                return got
    raise AssertionError("the stream ended")


async def spoken(line: Speaker, chunks: AsyncGenerator[Chunk, None], data: bytes) -> bytes:
    """Knock until somebody listens, since what was said before a port is open is lost; then say something."""
    hearing = asyncio.create_task(collect(chunks, b"|"))
    while not hearing.done():
        line.say(b"|")
        await asyncio.wait([hearing], timeout=0.02)
    await hearing
    line.say(b"#" + data)
    heard = await collect(chunks, data)
    return heard[heard.index(b"#") + 1 :]


async def test_it_gives_every_byte_with_its_arrival(line: Speaker, driver: Driver) -> None:
    every_byte = bytes(range(256))
    clock = HandClock()
    async with aclosing(listen(Port(url=line.url, driver=driver), clock)) as chunks:
        assert await spoken(line, chunks, every_byte) == every_byte
        line.say(b"more")
        chunk = await anext(chunks)
    assert (chunk.data, chunk.at) == (b"more", clock.now())


async def test_the_event_loop_runs_on_while_a_port_is_opened_and_silent(line: Speaker, driver: Driver) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    with pytest.raises(ProbeError) as caught:
        await anext(listen(Port(url=line.url, driver=driver, silence=0.2), SystemClock()))
    counting.cancel()
    assert caught.value.kind == "silent"
    assert turns > 100


async def test_hanging_up_is_an_error_that_names_the_port(line: Speaker, driver: Driver) -> None:
    async with aclosing(listen(Port(url=line.url, driver=driver), SystemClock())) as chunks:
        await spoken(line, chunks, b"hello")
        line.hang_up()
        with pytest.raises(ProbeError) as caught:
            await asyncio.wait_for(anext(chunks), 10)
    assert caught.value.kind == "lost"
    assert line.url in str(caught.value)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/dev/ttyUSB-not-there", "absent"),
        ("socket://127.0.0.1:1", "absent"),
        ("rfc2217://127.0.0.1:1", "absent"),
        ("carrier-pigeon://roof", "unfit"),
    ],
)
async def test_a_port_that_cannot_be_opened_tells_its_cause(url: str, kind: str, driver: Driver) -> None:
    with pytest.raises(ProbeError) as caught:
        await anext(listen(Port(url=url, driver=driver), SystemClock()))
    assert caught.value.kind == kind
    assert url in str(caught.value)


async def test_a_port_that_somebody_else_holds_is_busy() -> None:
    with pty() as terminal:
        async with aclosing(listen(Port(url=terminal.url), SystemClock())) as chunks:
            await spoken(terminal, chunks, b"mine")
            with pytest.raises(ProbeError) as caught:
                await anext(listen(Port(url=terminal.url), SystemClock()))
    assert caught.value.kind == "busy"


async def test_a_port_in_the_network_is_read_by_rfc2217(tmp_path: Path, driver: Driver) -> None:
    every_byte = bytes(range(256))
    with remote_port(tmp_path) as port:
        async with (
            connected(Port(url=port.url, driver=driver), SystemClock()) as line,
            aclosing(line.chunks()) as chunks,
        ):
            assert await spoken(port, chunks, every_byte) == every_byte
            line.write(b"\0" * 4)
            assert port.heard(4) == b"\0" * 4


async def test_a_server_in_the_network_that_ends_is_a_line_that_was_lost(tmp_path: Path) -> None:
    with remote_port(tmp_path) as port:
        async with aclosing(listen(Port(url=port.url), SystemClock())) as chunks:
            await spoken(port, chunks, b"hello")
            port.hang_up()
            with pytest.raises(ProbeError) as caught:
                await asyncio.wait_for(anext(chunks), 10)
    assert caught.value.kind == "lost"


async def test_an_adapter_unplugged_and_plugged_in_again_is_read_on_by_its_name(
    tmp_path: Path, driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "edge_app")
    clock, link = HandClock(), tmp_path / "by-path"
    probe = Probe(Port(url=by_link(first := Pty(), link), driver=driver), clock=clock)
    async with aclosing(probe.chunks()) as chunks:
        assert await spoken(first, chunks, b"before") == b"before"
        hearing = asyncio.create_task(collect(chunks, b"after"))
        first.hang_up()
        await until(lambda: probe.trouble is not None)
        with pty() as second:
            by_link(second, link)
            while not hearing.done():
                second.say(b"after")
                await clock.advance(1)
                await asyncio.wait([hearing], timeout=0.02)
            assert (await hearing).endswith(b"after")
    assert probe.trouble is None
    assert [record.levelname for record in caplog.records] == ["DEBUG", "DEBUG"]


async def test_the_pauses_between_attempts_grow_to_a_minute_and_the_trouble_is_logged_once(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, "edge_app")
    clock = HandClock()
    attempts: list[float] = []

    class Counting(HandClock):
        async def sleep(self, seconds: float) -> None:
            attempts.append(seconds)
            if len(attempts) == 9:
                raise asyncio.CancelledError
            await clock.sleep(0)

    probe = Probe(Port(url=str(tmp_path / "nothing")), clock=Counting())
    with pytest.raises(asyncio.CancelledError):
        await anext(probe.chunks())
    assert attempts == [*PAUSES, 60, 60]
    assert len([record for record in caplog.records if record.name.startswith("edge_app")]) == 1


async def test_no_file_is_left_open_by_opening_a_port_twenty_times(tmp_path: Path) -> None:
    with pty() as terminal:
        before = open_files()
        for _ in range(20):
            async with aclosing(listen(Port(url=terminal.url), SystemClock())) as chunks:
                await spoken(terminal, chunks, b"x")
        await until(lambda: open_files() <= before + 1)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
