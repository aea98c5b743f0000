"""A recording: the bytes of a line as they came, to be read, played and passed on later.

A plain one is a file of bytes and nothing else. A timed one is text, one JSON object a line: a head, then one line for
each chunk, with the seconds since the first one and the bytes in hexadecimal. No time of day stands in it.

    {"recording": 1, "scrubbed": true}
    {"seconds": 0.0, "hex": "1b1b1b1b01010101"}
    {"seconds": 0.062, "hex": "7605f12cad07"}

`scrubbed` says that the numbers of meters in it are made up.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge_app.errors import ConfigError
from edge_app.model.telegram import Chunk

VERSION = 1
_HEAD = b'{"recording":'
_PIECE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some bytes, and when they came."""

    seconds: float
    """Since the first piece."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What came down one line."""

    pieces: tuple[Piece, ...]
    scrubbed: bool = False

    @property
    def timed(self) -> bool:
        """Whether the moments of the pieces are known; in a plain recording each is zero."""
        return bool(self.pieces) and self.pieces[-1].seconds > 0

    @property
    def data(self) -> bytes:
        return b"".join(piece.data for piece in self.pieces)

    def chunks(self) -> Iterator[Chunk]:
        """What an ear is given; the first piece comes at the beginning of 1970."""
        for piece in self.pieces:
            yield Chunk(data=piece.data, at=datetime.fromtimestamp(piece.seconds, UTC), monotonic=piece.seconds)

    def text(self) -> str:
        """The lines of a timed recording."""
        lines: list[dict[str, object]] = [{"recording": VERSION, "scrubbed": self.scrubbed}]
        lines += [{"seconds": round(piece.seconds, 4), "hex": piece.data.hex()} for piece in self.pieces]
        return "".join(json.dumps(line) + "\n" for line in lines)


def load(file: Path) -> Recording:
    """Open a recording of either form. Raises ConfigError with file, line and what was expected."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from error
    if data.startswith(_HEAD):
        return _timed(file, data)
    begins = range(0, len(data), _PIECE)
    return Recording(pieces=tuple(Piece(seconds=0.0, data=data[begin : begin + _PIECE]) for begin in begins))


def _timed(file: Path, data: bytes) -> Recording:
    head, *lines = data.split(b"\n")
    try:
        said = json.loads(head)
        version, scrubbed = said["recording"], said.get("scrubbed", False) is True
    except ValueError:
        version = None
    if version != VERSION:
        raise ConfigError(f'{file}, line 1: no head of a recording (expected {{"recording": {VERSION}}})')
    pieces: list[Piece] = []
    for number, line in enumerate(lines[:-1], start=2):  # a last line without its end was cut off while it was written
        try:
            each = json.loads(line)
            piece = Piece(seconds=float(each["seconds"]), data=bytes.fromhex(each["hex"]))
        except (ValueError, TypeError, LookupError):
            raise ConfigError(f'{file}, line {number}: expected {{"seconds": 0.062, "hex": "7605f1"}}') from None
        if not (pieces[-1].seconds if pieces else 0.0) <= piece.seconds < float("inf"):
            raise ConfigError(f"{file}, line {number}: time goes back")
        pieces.append(piece)
    return Recording(pieces=tuple(pieces), scrubbed=scrubbed)
