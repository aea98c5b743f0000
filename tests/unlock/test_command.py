"""`edge-app unlock` in front of a virtual meter on a pseudo-terminal, in real time, with a meter in a hurry."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.unlock.hasty import drop_in
from tests.waiting import until

EDGE_APP = str(Path(sys.executable).with_name("edge-app"))
PIN = "1110"


@asynccontextmanager
async def program(folder: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(EDGE_APP, "--config", str(folder), *words), stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), 20)


@asynccontextmanager
async def meter(folder: Path, *, menu: bool = False, locked: bool = True) -> AsyncIterator[None]:
    drop_in(folder / "plugins", menu=menu)
    words = ["simulate", "--model", "HASTY", "--link", str(folder / "meter"), "--pin", PIN]
    async with program(folder, *words, *(("--locked",) if locked else ())):
        await until(lambda: (folder / "meter").exists(), seconds=20)
        yield
    assert not (folder / "meter").exists()


def unlock(folder: Path, *more: str, pin: str = PIN) -> list[str]:
    (folder / "pin").write_text(pin)
    (folder / "pin").chmod(0o600)
    port = ["--port", str(folder / "meter"), "--model", "HASTY"]
    return ["unlock", *port, "--pin-file", str(folder / "pin"), "--keep-alive", *more]


async def ended(process: asyncio.subprocess.Process, answer: bytes = b"") -> tuple[int | None, str, str]:
    out, err = await asyncio.wait_for(process.communicate(answer), 60)
    return process.returncode, out.decode(), err.decode()


async def test_it_shows_power_and_keeps_it_until_it_is_told_to_stop(tmp_path: Path) -> None:
    async with meter(tmp_path), program(tmp_path, *unlock(tmp_path, "--json")) as process:
        assert process.stdout
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        process.send_signal(signal.SIGTERM)
        status, _, err = await ended(process)
    assert (told["unlocked"], told["result"]) == (True, "shown")
    assert "0100100700ff" in told["after"]
    assert "0100100700ff" not in told["before"]
    assert told["seconds"] > 3
    assert status == 1
    assert "the light is off" in err
    assert PIN not in err


async def test_a_wrong_pin_ends_with_advice_and_status_one(tmp_path: Path) -> None:
    async with meter(tmp_path), program(tmp_path, *unlock(tmp_path, pin="1112")) as process:
        status, out, err = await ended(process)
    assert status == 1
    assert "stayed locked; check the PIN" in err
    assert out == ""
    assert "1112" not in err


async def test_without_guidance_the_menu_is_left_alone(tmp_path: Path) -> None:
    async with meter(tmp_path, menu=True), program(tmp_path, *unlock(tmp_path, "--json")) as process:
        status, out, err = await ended(process)
    assert (status, json.loads(out)["result"]) == (1, "needs-walk")
    assert "--guided" in err


async def test_guided_it_asks_and_stops_at_any_other_answer(tmp_path: Path) -> None:
    async with meter(tmp_path, menu=True), program(tmp_path, *unlock(tmp_path, "--json", "--guided")) as process:
        status, out, _ = await ended(process, b"history clear\n")
    question, told = map(json.loads, out.splitlines())
    assert "What does the display show?" in question["question"]
    assert (status, told["result"]) == (1, "declined")


async def test_guided_it_presses_long_once_the_display_shows_inf(tmp_path: Path) -> None:
    async with meter(tmp_path, menu=True), program(tmp_path, *unlock(tmp_path, "--guided")) as process:
        assert process.stdin
        assert process.stdout
        assert b"What does the display show?" in await asyncio.wait_for(process.stdout.readline(), 60)
        process.stdin.write(b"InF\n")
        assert process.stderr
        async with asyncio.timeout(60):
            while b"shows its power" not in (line := await process.stderr.readline()):
                assert line, "it ended"


async def test_a_meter_that_shows_power_gets_no_light(tmp_path: Path) -> None:
    async with meter(tmp_path, locked=False), program(tmp_path, *unlock(tmp_path, "--json")) as process:
        status, out, err = await ended(process)
    assert (status, json.loads(out)["result"]) == (0, "already")
    assert "no light was used" in err


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["--timing", "digit=1"], 2, "digit is no timing"),
        (["--timing", "digit_on"], 2, "expected NAME=SECONDS"),
        (["--port", "/dev/not-there"], 3, "there is no such port"),
        (["--model", "MT99"], 2, "no meter model is called"),
        (["--pin-file", "/dev/null"], 2, "others may read it"),
    ],
)
async def test_wrong_usage_is_told_before_any_light(
    tmp_path: Path, words: list[str], status: int, complaint: str
) -> None:
    drop_in(tmp_path / "plugins", menu=False)
    async with program(tmp_path, *unlock(tmp_path, *words)) as process:
        ended_with, out, err = await ended(process)
    assert (ended_with, out) == (status, "")
    assert complaint in err
