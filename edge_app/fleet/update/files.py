"""Files and links that are whole after a power cut: as before, or as after."""

import os
import shutil
from pathlib import Path

READABLE = 0o644


def put(file: Path, content: bytes) -> None:
    """Put a whole file on the disk in place of the one of before."""
    beside = file.with_name(f".{file.name}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, READABLE), "wb") as stream:  # noqa: PTH123  # with a mode
        os.fchmod(stream.fileno(), READABLE)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    sync(file.parent)


def point(link: Path, target: str) -> None:
    """Let a link lead elsewhere; at each moment it leads to one of the two."""
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync(link.parent)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
