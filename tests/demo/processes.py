"""The programs of the demonstration, run as systemd would run them: killed ones start again, failed ones end it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path


class DemoError(Exception):
    """The demonstration cannot go on; the text says why."""


def command(name: str) -> str:
    """A command of this project, beside the Python that runs us."""
    return str(Path(sys.executable).with_name(name))


async def once(*words: str) -> str:
    """Run a command to its end; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode:
        raise DemoError(f"`{Path(words[0]).name} {' '.join(words[1:3])}` failed: {err.decode().strip()}")
    return out.decode()


class Program:
    """One program that stays; its words go to a log."""

    def __init__(self, name: str, words: Sequence[str], log: Path) -> None:
        self.name = name
        self.starts = 0
        self._words = words
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Keep it running. Raises DemoError when it ends by itself; a kill is a power cut: it starts again."""
        try:
            while True:
                with self._log.open("ab") as log:
                    self._process = await asyncio.create_subprocess_exec(*self._words, stdout=log, stderr=log)
                self.starts += 1
                (self._log.with_suffix(".pid")).write_text(str(self._process.pid))
                status = await self._process.wait()
                if status != -signal.SIGKILL:
                    raise DemoError(f"{self.name} ended with status {status}: {self._last_word()} (see {self._log})")
        finally:
            await self._stop()

    def _last_word(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no word"

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            await process.wait()
