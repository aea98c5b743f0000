"""A port in the network that speaks RFC 2217: ser2net before a pseudo-terminal."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.edge.lines import Pty, pty


class RemotePort:
    """What ser2net offers; what is said on the terminal goes to whoever is connected."""

    def __init__(self, terminal: Pty, port: int, process: subprocess.Popen[bytes]) -> None:
        self.url = f"rfc2217://127.0.0.1:{port}"
        self.say = terminal.say
        self.heard = terminal.heard
        self.hang_up = process.terminate


@contextmanager
def remote_port(folder: Path) -> Iterator[RemotePort]:
    """Run ser2net for one port; skip where it is not installed."""
    program = shutil.which("ser2net") or shutil.which("ser2net", path="/usr/sbin")
    if program is None:
        pytest.skip("ser2net is not installed")
    with pty() as terminal, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listener.close()
        (folder / "ser2net.yaml").write_text(
            "%YAML 1.1\n---\nconnection: &meter\n"
            f"  accepter: telnet(rfc2217),tcp,127.0.0.1,{port}\n"
            f"  connector: serialdev,{terminal.url},9600n81,local\n"
        )
        process = subprocess.Popen([program, "-n", "-c", str(folder / "ser2net.yaml")], stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield RemotePort(terminal, port, process)
        finally:
            process.terminate()
            process.wait(10)


def wait_for(port: int) -> None:
    """Return as soon as somebody listens there."""
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
