"""The supervisor: whoever started the service, systemd in a house, is told that it is ready and that it is alive."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

SHARE = 4
"""How many signs of life there are in the time after which a missing one is taken for death."""


class Supervisor:
    """Takes short words over a datagram socket, as sd_notify(3) says; without one, nobody listens."""

    def __init__(self, address: str | None, *, patience: float | None) -> None:
        self._address = address
        self.every = patience / SHARE if address and patience else None
        """Seconds between two signs of life; None where nobody waits for them."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Find it by what it left in the environment of the process that it started."""
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        micros = environment.get("WATCHDOG_USEC", "") if meant else ""
        return cls(environment.get("NOTIFY_SOCKET"), patience=int(micros) / 1e6 if micros.isdigit() else None)

    def ready(self) -> None:
        self._say("READY=1")

    def alive(self) -> None:
        self._say("WATCHDOG=1")

    def _say(self, word: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            with suppress(BlockingIOError):  # a supervisor that does not listen at present must not stop us
                line.sendto(word.encode(), address)
