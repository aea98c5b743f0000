"""`edge-app capture`: record what a meter sends, with its times, and scrub a recording before it is shared."""

import asyncio
import contextlib
import os
import random
import sys
from argparse import Namespace
from contextlib import aclosing
from pathlib import Path

from edge_app.cli.ports import port
from edge_app.clock import SystemClock
from edge_app.errors import ConfigError, ProbeError
from edge_app.kit.scrub import scrub
from edge_app.metering.ear import Ear
from edge_app.metering.probe.probe import connected
from edge_app.metering.probe.recording import Piece, Recording, load
from edge_app.model.telegram import Telegram


def run(given: Namespace) -> int:
    if given.out.exists():
        raise ConfigError(f"--out: {given.out} is there already")
    if given.source is not None:
        if not given.scrub:
            raise ConfigError("--in goes with --scrub: there is nothing else to be done with a recording")
        return _keep(given, load(given.source))
    pieces: list[Piece] = []
    try:
        with contextlib.suppress(KeyboardInterrupt):  # whoever presses Ctrl-C has heard enough
            asyncio.run(_record(given, pieces))
    except ProbeError:
        if pieces:
            _keep(given, Recording(pieces=tuple(pieces)))
        raise
    return _keep(given, Recording(pieces=tuple(pieces)))


async def _record(given: Namespace, pieces: list[Piece]) -> None:
    """Add what arrives to the pieces, until the time is over."""
    clock, began = SystemClock(), 0.0
    with contextlib.suppress(TimeoutError):
        async with (
            asyncio.timeout(given.seconds),
            connected(port(given), clock) as line,
            aclosing(line.chunks()) as chunks,
        ):
            print(f"edge-app: listening on {given.port} for {given.seconds:g} s, or until Ctrl-C", file=sys.stderr)
            async for chunk in chunks:
                began = began if pieces else chunk.monotonic
                pieces.append(Piece(seconds=chunk.monotonic - began, data=chunk.data))
                if len(pieces) == 1:
                    print("edge-app: the first bytes have come", file=sys.stderr)


def _keep(given: Namespace, recording: Recording) -> int:
    """Write a recording so that only its owner may read it, and say what is in it; 0 when a whole telegram is."""
    if given.scrub:
        scrubbed = scrub(recording, random.SystemRandom())
        recording = scrubbed.recording
        print(f"edge-app: left out {scrubbed.left_out} bytes that are no whole telegram", file=sys.stderr)
    _write(given.out, recording.text())
    ear = Ear()
    whole = sum(isinstance(found, Telegram) for chunk in recording.chunks() for found in ear.hear(chunk))
    print(f"edge-app: {given.out} holds {len(recording.data)} bytes, {whole} whole telegrams", file=sys.stderr)
    if not recording.scrubbed:
        print("edge-app: it tells which meter it is; scrub it before you share it", file=sys.stderr)
    return 0 if whole else 1


def _write(file: Path, text: str) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"--out: {file} cannot be written ({error.strerror})") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
