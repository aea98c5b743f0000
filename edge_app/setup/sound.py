"""The sound of a probe: how well it hears its meter, told without any value that the meter shows.

Before consent nothing is measured; a person who places the head needs to know that telegrams come whole, and no more.
"""

from collections import deque
from dataclasses import dataclass

from edge_app.metering.meter import Meter
from edge_app.metering.watch.diagnosis import diagnose
from edge_app.metering.watch.heard import Heard
from edge_app.model.incident import Cause
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT
from edge_app.model.reading import Reading

WINDOW = 15.0
"""Seconds that are judged together; the slowest meter sends once in four."""
ENOUGH = 0.9
"""The share of whole telegrams from which on a head may stay as it sits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What came within the last seconds."""

    share: float | None
    """Share of whole telegrams, 0 to 1; None where there was none at all."""
    every: float | None
    """Seconds from one whole telegram to the next; None before the second."""
    candidates: tuple[Meter, ...] = ()
    """The models that it may be, none that is known where it is empty."""
    maker: str = ""
    unlocked: bool | None = None
    """Whether power is shown; None before a telegram came."""
    delivers_only: bool = False
    """Whether the meter counts what is delivered and has no counter of what is drawn."""
    cause: Cause | None = None
    """What is wrong; None where nothing is, or nothing is known yet."""

    @property
    def good(self) -> bool:
        """Whether the head may stay as it sits; one telegram may be luck."""
        return self.share is not None and self.every is not None and self.share >= ENOUGH and self.cause is None


class Counter:
    """Counts telegrams, and forgets those that are older than the window."""

    def __init__(self) -> None:
        self._bytes: deque[tuple[float, Heard]] = deque()
        self._telegrams: deque[tuple[float, bool]] = deque()
        self.last: Reading | None = None
        """The newest whole telegram within the window."""

    def arrived(self, data: bytes, at: float) -> None:
        heard = Heard()
        heard.take(data)
        self._bytes.append((at, heard))

    def whole(self, reading: Reading, at: float) -> None:
        self._telegrams.append((at, True))
        self.last = reading

    def damaged(self, at: float) -> None:
        self._telegrams.append((at, False))

    def sound(self, now: float, candidates: tuple[Meter, ...], trouble: str | None) -> Sound:
        """How it stands; `trouble` is the kind of the error that the port is in."""
        for queue in (self._bytes, self._telegrams):
            while queue and queue[0][0] < now - WINDOW:
                queue.popleft()
        whole = [at for at, good in self._telegrams if good]
        if not whole:
            self.last = None
        return Sound(
            share=len(whole) / len(self._telegrams) if self._telegrams else None,
            every=(whole[-1] - whole[0]) / (len(whole) - 1) if len(whole) > 1 else None,
            candidates=candidates if self.last else (),
            maker=self.last.maker if self.last else "",
            unlocked=self.last.unlocked if self.last else None,
            delivers_only=self.last is not None
            and ENERGY_OUT in self.last.registers
            and ENERGY_IN not in self.last.registers,
            cause=Cause(trouble) if trouble else self._cause(len(whole)),
        )

    def _cause(self, whole: int) -> Cause | None:
        heard = Heard(
            arrived=sum(each.arrived for _, each in self._bytes),
            high_bytes=sum(each.high_bytes for _, each in self._bytes),
            whole=whole,
            damaged=len(self._telegrams) - whole,
        )
        finding = diagnose(heard, garbled=True)
        return finding.cause if finding else None
