"""Cuts a stream of bytes into SML telegrams (BSI TR-03109-1, SML transport protocol version 1).

    1b1b1b1b 01010101   start
    76 …                messages; four 1b inside them are doubled
    00 …                fill
    1b1b1b1b 1a NN CC CC   end: number of fill bytes, checksum over all that precedes it

A run of 1b that is followed by an escape is told from data by its length: data that holds `k` of them sends
`8·(k//4) + k%4`, so only an escape makes the rest of a division by 8 four or more.
"""

import re

from edge_app.metering.sml import crc
from edge_app.model.telegram import Chunk, Damage, Telegram

NAME = "sml"
START = bytes.fromhex("1b1b1b1b01010101")
LONGEST = 16 * 1024
"""Bytes after which a telegram without an end is given up; the longest one known has 684."""

_RUN = re.compile(rb"\x1b{4,}")
_TAIL = 4  # bytes behind the escape of an end: 1a, fill, two of the checksum


class Cutter:
    """Finds the telegrams in one stream, in pieces of any size, and goes on at the next start after any damage."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._arrivals: list[tuple[int, float]] = []  # (position from which on, arrival) of what is held
        self._looked = 0  # no run of 1b that begins before this position remains to be looked at

    def feed(self, chunk: Chunk) -> list[Telegram | Damage]:
        """Take the next bytes; give the telegrams that they completed and the damage that they revealed."""
        self._arrivals.append((len(self._held), chunk.monotonic))
        self._held += chunk.data
        found: list[Telegram | Damage] = []
        while self._advance(chunk, found):
            pass
        return found

    def close(self) -> list[Damage]:
        """Tell of a telegram that the end of the stream cut off."""
        cut = [self._damage("truncated")] if self._held.startswith(START) else []
        self._drop(len(self._held))
        return cut

    def _advance(self, chunk: Chunk, found: list[Telegram | Damage]) -> bool:
        """Take one step: to a start, over a run of 1b, to an end. False when more bytes are needed."""
        held = self._held
        if not held.startswith(START):
            return self._seek(0)
        run = _RUN.search(held, max(self._looked, len(START)))
        if run is None or run.end() + _TAIL > len(held):
            self._looked = run.start() if run else max(self._looked, len(held) - 3)
            if len(held) <= LONGEST:
                return False
            return self._give_up("length", found)
        after = bytes(held[run.end() : run.end() + _TAIL])
        escape = (run.end() - run.start()) % 8 >= 4
        self._looked = run.end()
        if escape and after.startswith(b"\x1a"):
            end = run.end() + _TAIL
            if crc.fitting(memoryview(bytes(held[: end - 2])), after[2:]) is None:
                return self._give_up("checksum", found)
            found.append(
                Telegram(
                    protocol=NAME,
                    data=bytes(held[:end]),
                    at=chunk.at,
                    began=self._arrivals[0][1],
                    ended=chunk.monotonic,
                )
            )
            self._drop(end)
        elif escape and after == START[4:]:
            found.append(self._damage("truncated"))
            self._drop(run.end() - 4)
        return True

    def _give_up(self, kind: str, found: list[Telegram | Damage]) -> bool:
        """Report damage and look for the next start within what is held: a lost end may have swallowed it."""
        found.append(self._damage(kind))
        return self._seek(1)

    def _damage(self, kind: str) -> Damage:
        return Damage(protocol=NAME, kind=kind, began=self._arrivals[0][1])

    def _seek(self, begin: int) -> bool:
        """Drop all before the next start, or all but the bytes that may be the beginning of one."""
        start = self._held.find(START, begin)
        self._drop(start if start >= 0 else max(begin, len(self._held) - len(START) + 1))
        return start >= 0

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._looked = 0
        shifted = [(position - count, arrival) for position, arrival in self._arrivals]
        first = max((index for index, (position, _) in enumerate(shifted) if position <= 0), default=0)
        self._arrivals = shifted[first:] if self._held else []
