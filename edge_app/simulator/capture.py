"""A recording played in a loop: the bytes of a file as they are, damaged ones too, cut where telegrams begin."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from edge_app.errors import ConfigError

_SML = re.compile(rb"(?=\x1b{4}\x01{4})")
_MODE_D = re.compile(rb"(?=[/\xaf])")
"""A slash, with its parity bit or without."""


def pieces(file: Path) -> list[bytes]:
    """What is sent at each interval. Raises ConfigError for a file that cannot be read or is empty."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read the recording {file}: {error.strerror}") from error
    if not data:
        raise ConfigError(f"the recording {file} is empty")
    begin = _SML if _SML.search(data) else _MODE_D
    return [piece for piece in begin.split(data) if piece]


def replay(file: Path) -> Iterator[bytes]:
    """The pieces of a recording, without end. Raises ConfigError as `pieces`."""
    return itertools.cycle(pieces(file))
