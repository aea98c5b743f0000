"""A progress bar of one line, for commands that take minutes."""

from typing import TextIO

from edge_app.metering.unlock.steps import Phase
from edge_app.metering.unlock.unlocking import Progress

WIDTH = 24
WORDS = {
    Phase.LOOK: "looking at a telegram",
    Phase.SETTLE: "letting the menu close",
    Phase.WAKE: "waking the display",
    Phase.DIGITS: "entering the PIN",
    Phase.WALK: "walking to InF",
    Phase.CONFIRM: "waiting for you",
    Phase.PRESS: "pressing long",
    Phase.VERIFY: "looking for power",
    Phase.WATCH: "watching whether it lasts",
}


class ProgressBar:
    """Draws on a terminal; elsewhere it says each phase once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._total = 0.0
        self._phase: Phase | None = None

    def show(self, progress: Progress) -> None:
        self._total = max(self._total, progress.seconds_left)
        words = WORDS[progress.phase]
        if self._out.isatty():
            done = 1 - progress.seconds_left / self._total if self._total else 0.0
            bar = "#" * round(done * WIDTH)
            digit = f", digit {progress.digit} of 4" if progress.digit else ""
            self._out.write(f"\r[{bar:<{WIDTH}}] {progress.seconds_left:4.0f} s  {words}{digit}\x1b[K")
        elif progress.phase is not self._phase:
            self._out.write(f"{words}\n")
        self._phase = progress.phase
        self._out.flush()

    def clear(self) -> None:
        """Leave an empty line behind."""
        if self._out.isatty():
            self._out.write("\r\x1b[K")
            self._out.flush()
