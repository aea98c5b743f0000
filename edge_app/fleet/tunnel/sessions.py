"""Service sessions: whoever comes through the tunnel is noted by the device's SSH server before it is let in."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

FILE = "sessions"
SHOWN = 100


def noted(folder: Path) -> Sequence[datetime]:
    """When sessions began, the newest first; a line that was cut off by a loss of power is passed over."""
    try:
        lines = (folder / FILE).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
    found = (_moment(line) for line in reversed(lines))
    return [moment for moment in found if moment is not None][:SHOWN]


def _moment(line: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(line.partition(" ")[0])
    except ValueError:
        return None
    return moment if moment.tzinfo else None
