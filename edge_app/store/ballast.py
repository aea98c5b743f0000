"""The ballast: space that is held so that it can be given up when the disk is full."""

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballast:
    """A file of zeros beside the database.

    On a disk that is full to the last block SQLite can neither delete nor shorten its log, because both are written
    to the log first. What the ballast gives free makes both work again.
    """

    file: Path
    size: int
    """Bytes."""

    def take(self) -> None:
        """Hold the space, where as much again stays free for others."""
        if self.file.exists() or shutil.disk_usage(self.file.parent).free < 2 * self.size:
            return
        with self.file.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, self.size)

    def give_up(self) -> None:
        if self.file.exists():
            self.file.unlink()
            logger.warning("%s: the disk is full, the ballast of %d bytes is given up", self.file, self.size)
