"""What systemd is to the service, in forty lines: `python -m tests.update.supervisor FOLDER` sees that it runs.

FOLDER holds `home`, the slots, and `device`, the settings. `FOLDER/bin/systemctl` tells it what is wanted, by files.
"""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

TURN, AGAIN = 0.05, 0.3
SYSTEMCTL = """\
#!/bin/sh
case $1 in
    stop) rm -f {folder}/wanted; while [ -e {folder}/running ]; do sleep 0.05; done ;;
    start) touch {folder}/wanted ;;
    is-active) [ -e {folder}/ready ] ;;
esac
"""


def prepare(folder: Path) -> None:
    """Put the command in place."""
    command = folder / "bin" / "systemctl"
    command.parent.mkdir(exist_ok=True)
    command.write_text(SYSTEMCTL.format(folder=folder))
    command.chmod(0o755)


def boot(folder: Path) -> None:
    """Forget what ran before the power failed."""
    for name in ("running", "ready", "notify"):
        (folder / name).unlink(missing_ok=True)
    (folder / "wanted").touch()


def supervise(folder: Path) -> None:
    """Start the service whenever it is wanted and does not run, for ever."""
    home, words = folder / "home", ["--config", str(folder / "device")]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(folder / "notify"))
        ear.setblocking(False)
        process: subprocess.Popen[bytes] | None = None
        while True:
            wanted = (folder / "wanted").exists()
            if process is None and wanted:
                (folder / "running").touch()
                subprocess.run([home / "kept/bin/edge-app", *words, "update", "--starting"], check=False)
                process = subprocess.Popen(
                    [home / "current/bin/edge-app", *words, "run"], env={"NOTIFY_SOCKET": str(folder / "notify")}
                )
            with suppress(BlockingIOError):
                while True:
                    if ear.recv(4096) == b"READY=1":
                        (folder / "ready").touch()
            if process is not None and (process.poll() is not None or not wanted):
                end(process)
                process = None
                (folder / "ready").unlink(missing_ok=True)
                (folder / "running").unlink(missing_ok=True)
                time.sleep(AGAIN if wanted else 0)
            time.sleep(TURN)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    supervise(Path(sys.argv[1]))
