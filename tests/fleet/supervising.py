"""A supervisor's end of the line: what a service says to whoever started it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Ear:
    """Hears the words of one service."""

    def __init__(self, line: socket.socket, address: str) -> None:
        self._line = line
        self.address = address

    def words(self) -> list[str]:
        """What was said since the last time."""
        said = []
        try:
            while True:
                said.append(self._line.recv(4096).decode())
        except BlockingIOError:
            return said


@contextmanager
def ear(folder: Path, *, abstract: bool = False) -> Iterator[Ear]:
    address = f"@{folder}/notify" if abstract else str(folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("\0" + address[1:] if abstract else address)
        line.setblocking(False)
        yield Ear(line, address)
