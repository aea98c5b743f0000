"""The service that is updated, as systemd runs it."""

import logging
import subprocess
from typing import Protocol

from edge_app.errors import UpdateError

UNIT = "edge-app.service"
PATIENCE = 120.0
"""Seconds; a service that does not end is killed long before."""

logger = logging.getLogger(__name__)


class Service(Protocol):
    """What an updater asks of whoever runs the service."""

    def stop(self) -> None:
        """Return once it has ended. Raises UpdateError."""
        ...

    def start(self) -> None:
        """Let it run, if it does not, without waiting for it. Raises UpdateError."""
        ...

    def restart(self) -> None:
        """Let it begin anew, without waiting for it. Raises UpdateError."""
        ...

    def is_ready(self) -> bool: ...


class Systemd:
    """The unit of the image."""

    def stop(self) -> None:
        self._tell("stop", UNIT)

    def start(self) -> None:
        self._tell("start", "--no-block", UNIT)

    def restart(self) -> None:
        self._tell("restart", "--no-block", UNIT)

    def is_ready(self) -> bool:
        return _systemctl("is-active", "--quiet", UNIT).returncode == 0

    def _tell(self, *words: str) -> None:
        done = _systemctl(*words)
        if done.returncode:
            raise UpdateError(f"systemctl {words[0]}: {done.stderr.strip()}")


def _systemctl(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  # every word is ours
            ["systemctl", *words],  # noqa: S607  # where Debian has it, and tests another
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpdateError(f"systemctl {words[0]} cannot be used: {type(error).__name__}") from error
