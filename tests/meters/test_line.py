"""The line of a virtual meter: real pseudo-terminals and real connections, readers that come, go and never come."""

import asyncio
import os
import select
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
import serial

from edge_app.errors import ConfigError
from edge_app.simulator.line import PATIENCE, UNSENT, Heard, PseudoTerminal, TcpPort, open_line
from edge_app.testing import HandClock
from tests.waiting import until

EVERY_BYTE = bytes(range(256))


def nothing(light: bytes) -> None: ...


@asynccontextmanager
async def terminal(
    link: Path, *, heard: Heard = nothing, clock: HandClock | None = None
) -> AsyncIterator[PseudoTerminal]:
    async with open_line(link=link, tcp=None, heard=heard, clock=clock or HandClock()) as line:
        assert isinstance(line, PseudoTerminal)
        yield line


@asynccontextmanager
async def port(heard: Heard = nothing) -> AsyncIterator[TcpPort]:
    async with open_line(link=None, tcp=("127.0.0.1", 0), heard=heard, clock=HandClock()) as line:
        assert isinstance(line, TcpPort)
        yield line


@asynccontextmanager
async def connected(line: TcpPort) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    before = line.readers
    source, writer = await asyncio.open_connection("127.0.0.1", line.port)
    await until(lambda: line.readers == before + 1)
    try:
        yield source, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def reader(link: Path) -> serial.Serial:
    return serial.Serial(str(link), 9600, timeout=0)


async def read(source: serial.Serial, count: int) -> bytes:
    got = bytearray()

    def whole() -> bool:
        got.extend(source.read(count))
        return len(got) >= count

    await until(whole)
    return bytes(got)


def everything(file: int) -> bytes:
    """All that waits to be read."""
    got = b""
    with suppress(BlockingIOError):
        while True:
            got += os.read(file, 4096)
    return got


async def test_a_reader_hears_every_byte_as_it_was_sent(tmp_path: Path) -> None:
    async with terminal(tmp_path / "meter") as line:
        with reader(tmp_path / "meter") as probe:
            line.send(EVERY_BYTE)
            assert await read(probe, 256) == EVERY_BYTE


async def test_a_terminal_is_raw_for_who_opens_it_as_a_plain_file(tmp_path: Path) -> None:
    light = bytearray()
    async with terminal(tmp_path / "meter", heard=light.extend) as line:
        file = os.open(tmp_path / "meter", os.O_RDWR | os.O_NONBLOCK)
        try:
            line.send(EVERY_BYTE)
            os.write(file, EVERY_BYTE)
            await until(lambda: len(light) >= 256)
            assert os.read(file, 512) == EVERY_BYTE
            assert light == EVERY_BYTE, "nothing is echoed"
        finally:
            os.close(file)


async def test_readers_come_and_go(tmp_path: Path) -> None:
    async with terminal(tmp_path / "meter") as line:
        for turn in range(3):
            with reader(tmp_path / "meter") as probe:
                line.send(b"turn %d" % turn)
                assert await read(probe, 6) == b"turn %d" % turn


async def test_a_late_reader_hears_what_is_said_now(tmp_path: Path) -> None:
    clock = HandClock()
    async with terminal(tmp_path / "meter", clock=clock) as line:
        file = os.open(tmp_path / "meter", os.O_RDWR | os.O_NONBLOCK)
        try:
            for second in range(60):
                line.send(b"%02d " % second * 250)
                await clock.advance(1)
            said = {*everything(file).split()}
            assert {b"59"} <= said <= {b"58", b"59"}
        finally:
            os.close(file)


async def test_what_nobody_reads_never_blocks_the_meter(tmp_path: Path) -> None:
    async with terminal(tmp_path / "meter") as line:
        for _ in range(1000):
            line.send(EVERY_BYTE)


async def test_unread_bytes_are_dropped_though_no_telegram_follows(tmp_path: Path) -> None:
    clock = HandClock()
    async with terminal(tmp_path / "meter", clock=clock) as line:
        file = os.open(tmp_path / "meter", os.O_RDWR | os.O_NONBLOCK)
        try:
            line.send(EVERY_BYTE)
            await until(lambda: select.select([file], [], [], 0)[0] == [file])
            await clock.advance(PATIENCE)
            line.drop_unread()
            with pytest.raises(BlockingIOError):
                os.read(file, 1)
        finally:
            os.close(file)


async def test_the_link_stays_while_the_terminal_behind_it_is_made_again(tmp_path: Path) -> None:
    async with terminal(tmp_path / "meter") as line:
        with reader(tmp_path / "meter") as probe:
            await line.unplug()
            assert not (tmp_path / "meter").is_symlink()
            with pytest.raises((serial.SerialException, OSError)):
                await read(probe, 1)
        await line.plug()
        with reader(tmp_path / "meter") as probe:
            line.send(b"back")
            assert await read(probe, 4) == b"back"
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # in a coroutine, a path may not be asked


async def test_a_stale_link_is_replaced_and_a_newer_one_is_left_alone(tmp_path: Path) -> None:
    link = tmp_path / "meter"
    link.symlink_to("/nowhere")
    async with terminal(link):
        assert link.readlink() != Path("/nowhere")
        link.unlink()
        link.symlink_to("/somewhere-else")
    assert link.readlink() == Path("/somewhere-else")


async def test_a_file_in_the_way_of_the_link_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "meter").write_text("notes")
    with pytest.raises(ConfigError, match="is in the way of the link"):
        async with terminal(tmp_path / "meter"):
            pass
    assert (tmp_path / "meter").read_text() == "notes"


async def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot make the link .*No such file"):
        async with terminal(tmp_path / "nowhere" / "meter"):
            pass


async def test_several_readers_may_connect_and_leave() -> None:
    light = bytearray()
    async with port(light.extend) as line:
        line.send(b"nobody is there")
        async with connected(line) as (one, probe), connected(line) as (other, second):
            probe.write(b"\x00" * 10)
            second.write(b"\x00" * 10)
            await until(lambda: len(light) == 20)
            line.send(EVERY_BYTE)
            assert await one.readexactly(256) == await other.readexactly(256) == EVERY_BYTE
        await until(lambda: line.readers == 0)
        async with connected(line) as (late, _):
            line.send(b"late")
            assert await late.readexactly(4) == b"late"


async def test_a_reader_may_go_without_a_word() -> None:
    async with port() as line:
        async with connected(line) as (_, probe):
            linger_not = struct.pack("ii", 1, 0)
            probe.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
            probe.transport.abort()
            await until(lambda: line.readers == 0)
        line.send(b"nobody is there")


async def test_a_reader_that_does_not_read_is_sent_no_more_than_a_port_holds() -> None:
    async with port() as line, connected(line) as (_, probe):
        assert isinstance(probe.transport, asyncio.ReadTransport)
        probe.transport.pause_reading()
        for _ in range(100_000):
            line.send(EVERY_BYTE)
        assert 0 < line.unsent <= UNSENT + len(EVERY_BYTE)


async def test_readers_are_hung_up_on_when_the_meter_goes() -> None:
    async with AsyncExitStack() as later:
        async with port() as line:
            source, _ = await later.enter_async_context(connected(line))
        assert await source.read() == b""


async def test_a_port_in_use_is_told() -> None:
    async with port() as line:
        with pytest.raises(ConfigError, match=r"cannot listen on 127\.0\.0\.1"):
            async with open_line(link=None, tcp=("127.0.0.1", line.port), heard=nothing, clock=HandClock()):
                pass


@pytest.mark.parametrize(("link", "tcp"), [(None, None), (Path("x"), ("127.0.0.1", 0))])
async def test_a_meter_has_one_line(link: Path | None, tcp: tuple[str, int] | None) -> None:
    with pytest.raises(ConfigError, match="either a link or a TCP port"):
        async with open_line(link=link, tcp=tcp, heard=nothing, clock=HandClock()):
            pass
