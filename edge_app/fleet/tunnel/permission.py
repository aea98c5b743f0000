"""Whether the tunnel may be open: by the settings, and where they say so until the resident's permission ends."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from edge_app.clock import Clock
from edge_app.config import TunnelConfig

FILE = "allowed"
PERMITTED = timedelta(hours=24)
"""How long a permission holds."""
LOOK_EVERY = 5.0
"""Seconds between looks whether it was given, or taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What the resident allows, in a file that outlives a start; given on the pages, asked for by the tunnel."""

    config: TunnelConfig
    clock: Clock

    def until(self) -> datetime | None:
        """Until when it was given; None where it has ended, or never was."""
        try:
            end = datetime.fromisoformat(self._file.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None
        return end if self.clock.now() < end <= self.clock.now() + PERMITTED else None

    def stands(self) -> bool:
        """Whether the tunnel may be open now."""
        return self.config.mode == "always" or (self.config.mode == "on-request" and self.until() is not None)

    def give(self) -> None:
        """Allow it from now on for a day."""
        self.config.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{(self.clock.now() + PERMITTED).isoformat()}\n", encoding="ascii")
        with beside.open("rb") as stream:
            os.fsync(stream.fileno())
        beside.replace(self._file)

    def take_back(self) -> None:
        self._file.unlink(missing_ok=True)

    async def given(self) -> None:
        """Wait until it stands."""
        while not self.stands():
            await self.clock.sleep(LOOK_EVERY)

    async def ended(self) -> None:
        """Wait until it stands no more."""
        while self.stands():
            await self.clock.sleep(LOOK_EVERY)

    @property
    def _file(self) -> Path:
        return self.config.folder / FILE
