"""The slots: one folder for each version, and the links that say which of them runs, which was kept, which came first.

slots/1.2.0      a virtual environment in its final place, sealed once it is whole
current          what runs
kept             what was kept last; the updater runs from it
before           what was kept before that
image            what the device came with
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from edge_app.fleet.update.files import point, put, remove, sync

Link = Literal["current", "kept", "before", "image"]
LINKS: tuple[Link, ...] = ("current", "kept", "before", "image")
SEAL = ".sealed"


@dataclass(frozen=True, slots=True)
class Slots:
    """The folder with the slots and their links."""

    home: Path

    @classmethod
    def around(cls, prefix: Path) -> Self | None:
        """The slots among which a virtual environment stands; None where it stands by itself."""
        home = prefix.parent.parent
        return cls(home) if prefix.parent.name == "slots" and (home / "current").is_symlink() else None

    def folder(self, version: str) -> Path:
        return self.home / "slots" / version

    def of(self, link: Link) -> str | None:
        """The version that a link leads to."""
        place = self.home / link
        return place.readlink().name if place.is_symlink() else None

    def point(self, link: Link, version: str) -> None:
        point(self.home / link, f"slots/{version}")

    def is_sealed(self, version: str) -> bool:
        return (self.folder(version) / SEAL).is_file()

    def seal(self, version: str) -> None:
        """Mark a slot as whole, once all of it is on the disk."""
        os.sync()
        put(self.folder(version) / SEAL, f"{version}\n".encode())

    def remove(self, version: str) -> None:
        """Remove a slot; from the first moment on it is no whole one."""
        seal = self.folder(version) / SEAL
        if seal.exists():
            seal.unlink()
            sync(seal.parent)
        remove(self.folder(version))

    def sweep(self) -> None:
        """Remove every slot that no link leads to."""
        needed = {self.of(link) for link in LINKS}
        for folder in sorted((self.home / "slots").iterdir()):
            if folder.name not in needed:
                self.remove(folder.name)
