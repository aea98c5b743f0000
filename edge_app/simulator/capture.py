"""A recording played in a loop: its bytes as they are, damaged ones too, at their own times or cut into telegrams."""

import itertools
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from edge_app.errors import ConfigError
from edge_app.metering.probe.recording import load

_SML = re.compile(rb"(?=\x1b{4}\x01{4})")
_MODE_D = re.compile(rb"(?=[/\xaf])")
"""A slash, with its parity bit or without."""

Played = tuple[bytes, float | None]
"""What is sent, and the seconds until what follows; None where the recording does not tell."""


def pieces(file: Path, *, timed: bool = True) -> list[Played]:
    """What is sent, one after the other. Raises ConfigError for a file that cannot be read or is empty.

    With the times of a timed recording it is sent as it came; after the last piece comes its longest pause.
    """
    recording = load(file)
    if not recording.data:
        raise ConfigError(f"the recording {file} is empty")
    if recording.timed and timed:
        pauses = [later.seconds - earlier.seconds for earlier, later in pairwise(recording.pieces)]
        return list(zip((piece.data for piece in recording.pieces), [*pauses, max(pauses, default=None)], strict=True))
    begin = _SML if _SML.search(recording.data) else _MODE_D
    return [(piece, None) for piece in begin.split(recording.data) if piece]


def replay(file: Path, *, timed: bool = True) -> Iterator[Played]:
    """The pieces of a recording, without end. Raises ConfigError as `pieces`."""
    return itertools.cycle(pieces(file, timed=timed))
