"""Releases of a cloud: tiny wheels with a lock, commands as administrators give them, and a client as devices have."""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import TargetFile
from tuf.ngclient import FetcherInterface, Updater

from cloud_api.cli import main
from cloud_api.fleet.releases.repository import Repository
from cloud_api.folder.layout import DataFolder


def wheel(folder: Path, name: str, version: str, *, content: str = "") -> Path:
    """A wheel with one module."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in {
            f"{name}.py": content or f'version = "{version}"\n',
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": "",
        }.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return file


def lock(dist: Path, *files: Path) -> Path:
    """The lock of wheels, as pip reads it."""
    written = dist / "requirements.lock"
    lines = []
    for file in files or sorted(dist.glob("*.whl")):
        name, version, *_ = file.name.split("-")
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}")
    written.write_text("# of a test\n" + "\n".join(lines) + "\n")
    return written


def dist(folder: Path, version: str) -> Path:
    """Our own wheel and another one, which stays the same."""
    wheel(folder, "zaehlwerk", version)
    wheel(folder, "beside", "1.0")
    lock(folder)
    return folder


class FolderFetcher(FetcherInterface):
    """Fetches from the folder of a repository, as any web server would serve it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        file = self.folder / url.removeprefix("https://updates.example.org/")
        if not file.exists():
            raise DownloadHTTPError("not there", 404)
        yield file.read_bytes()


@dataclass
class Device:
    """What a device knows of a repository: its first root, and the metadata that it has seen."""

    folder: Path
    root: bytes

    def look(self, repository: Path) -> Updater:
        self.folder.mkdir(exist_ok=True)
        url = "https://updates.example.org/"
        updater = Updater(
            str(self.folder),
            f"{url}metadata/",
            target_dir=str(self.folder),
            target_base_url=f"{url}targets/",
            fetcher=FolderFetcher(repository),
            bootstrap=self.root,
        )
        updater.refresh()
        return updater

    def document(self, repository: Path, path: str) -> Any:
        """A signed document, or None."""
        updater = self.look(repository)
        found = updater.get_targetinfo(path)
        if found is None:
            return None
        return msgspec.json.decode(Path(updater.download_target(found, str(self.folder / "target"))).read_bytes())


@dataclass
class Publisher:
    """Whoever publishes: a data folder, and the keys of the holders."""

    folder: DataFolder
    keys: Path

    @classmethod
    def new(cls, folder: Path, keys: Path, *, holders: int = 3, threshold: int = 2) -> "Publisher":
        assert main(["init", "--data", str(folder)]) == 0
        publisher = cls(DataFolder(folder), keys)
        numbers = ("--holders", str(holders), "--threshold", str(threshold))
        assert publisher.say("init", "--keys", str(keys), *numbers) == 0
        return publisher

    @property
    def repository(self) -> Repository:
        return Repository(self.folder.releases)

    def say(self, *words: str) -> int:
        return main(["release", words[0], "--data", str(self.folder.path), *words[1:]])

    def holding(self, *holders: int) -> Sequence[str]:
        return [word for number in holders for word in ("--keys", str(self.keys / f"holder-{number}"))]

    def publish(self, version: str, *words: str, holders: Sequence[int] = (1, 2)) -> None:
        made = dist(self.folder.path.parent / f"dist-{version}", version)
        assert self.say("publish", str(made), "--version", version, *words, *self.holding(*holders)) == 0

    def device(self, name: str = "device") -> Device:
        """One that comes with the root as it stands now."""
        newest = max(self.repository.metadata.glob("*.root.json"), key=lambda file: int(file.name.partition(".")[0]))
        return Device(self.folder.path.parent / name, newest.read_bytes())

    def document(self, path: str) -> Any:
        return self.device().document(self.repository.folder, path)

    def target(self, path: str) -> TargetFile:
        return self.repository.state().targets.signed.targets[path]
