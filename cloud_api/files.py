"""Files that only their owner reads, whole or not there."""

import os
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def make_private(folder: Path) -> None:
    """Make a folder that only its owner enters, or make an existing one so."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    folder.chmod(PRIVATE_FOLDER)


def write_private(file: Path, content: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Write beside the file and put it in place when it is whole and on the disk."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
