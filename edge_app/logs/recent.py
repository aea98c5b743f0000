"""The newest lines of the log, kept in memory for whoever asks how the device is."""

import logging
from collections import deque

from edge_app.logs.lines import as_object

KEPT = 200


class Recent(logging.Handler):
    """Remembers the last lines."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[dict[str, str]] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(as_object(record))


RECENT = Recent()
"""Those of this process."""
