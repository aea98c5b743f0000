"""Backup and restore: everything that the cloud keeps in one file, and a cloud out of that file."""

import asyncio
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from cloud_api.clock import Clock
from cloud_api.errors import SetupError
from cloud_api.files import PRIVATE_FILE, make_private, write_private
from cloud_api.folder.layout import DataFolder
from cloud_api.folder.replaying import replay
from cloud_api.privacy.journal import read
from cloud_api.store.dump import dump, kind_of, load
from cloud_api.store.place import Place

LABEL, DATABASE, FOLDER = "backup.json", "database", "folder"
"""What a backup holds: what it is, the database, and the files of the data folder."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself."""

    made_at: datetime
    database: str


async def backup(folder: DataFolder, place: Place, file: Path, *, clock: Clock) -> None:
    """Write everything into one file, whole or not there. Raises SetupError where that cannot be."""
    label = Label(made_at=clock.now(), database=kind_of(place))
    try:
        with _beside(file) as beside:
            await dump(place, beside / DATABASE)
            (beside / LABEL).write_bytes(msgspec.json.encode(label))
            await asyncio.to_thread(_pack, folder, place, beside)
            (beside / "whole").replace(file)
    except OSError as error:
        raise SetupError(f"{file}: cannot be written ({error.strerror})") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came out of a backup: of which moment it is, and how many consents were revoked again."""

    made_at: datetime
    revoked: int


async def restore(
    file: Path, folder: DataFolder, place: Place, *, clock: Clock, journals: Sequence[Path] = ()
) -> Restored:
    """Make data folder and database out of a backup, never over what is there.

    Whoever revoked consent since, as these journals tell, is anonymised before anybody can look.
    """
    for journal in journals:
        if not journal.exists():
            raise SetupError(f"{journal}: is not there")
    told = [line for journal in journals for line in read(journal)]
    try:
        with _beside(folder.path) as beside:
            await asyncio.to_thread(_unpack, file, beside)
            label = msgspec.json.decode((beside / LABEL).read_bytes(), type=Label)
            if label.database != kind_of(place):
                raise SetupError(f"{file}: holds a {label.database} database; --database has to name one of that kind")
            (beside / FOLDER).rename(folder.path)
            try:
                await load(beside / DATABASE, place)
                revoked = await replay(folder, place, told, clock=clock)
            except BaseException:
                shutil.rmtree(folder.path)
                raise
    except (OSError, tarfile.TarError, msgspec.DecodeError) as error:
        raise SetupError(f"{file}: cannot be restored, it is no whole backup ({type(error).__name__})") from error
    return Restored(made_at=label.made_at, revoked=revoked)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A folder beside what is to be made, for its parts. Raises SetupError where that is there already."""
    if path.exists():
        raise SetupError(f"{path}: is there already")
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}.") as made:
        yield Path(made)


def _pack(folder: DataFolder, place: Place, beside: Path) -> None:
    descriptor = os.open(beside / "whole", os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for name in (LABEL, DATABASE):
                tar.add(beside / name, name)
            for kept in _files(folder, place):
                tar.add(kept, PurePosixPath(FOLDER) / kept.relative_to(folder.path), recursive=False)
        stream.flush()
        os.fsync(stream.fileno())


def _files(folder: DataFolder, place: Place) -> Iterator[Path]:
    """The files of the data folder, but for the database's own, which were dumped, and for people's sessions.

    What names the newest state of the releases comes before the files are listed: whatever it leads to is among them.
    """
    newest = folder.releases / "metadata" / "timestamp.json"
    if newest.exists():
        yield newest
    for file in sorted(folder.path.rglob("*")):
        if folder.sessions in file.parents or file == newest:
            continue
        if file.is_file() and not (isinstance(place, Path) and str(file.absolute()).startswith(str(place.absolute()))):
            yield file


def _unpack(file: Path, beside: Path) -> None:
    make_private(beside / FOLDER)
    with tarfile.open(file) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            content = tar.extractfile(member)
            if content is None or path.is_absolute() or ".." in path.parts:
                raise tarfile.ExtractError(member.name)
            make_private((beside / path).parent)
            if path.name == DATABASE and len(path.parts) == 1:
                with (beside / path).open("wb") as stream:
                    shutil.copyfileobj(content, stream)
            else:
                write_private(beside / path, content.read())
