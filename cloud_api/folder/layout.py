"""The data folder: what lies where in it, and what the service notes there about itself."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from cloud_api.errors import SetupError
from cloud_api.files import write_private
from cloud_api.store.place import Place, place_of

DEFAULT = "cloud-data"

SERVER_ROOT, DEVICE_ROOT, DEVICE_AUTHORITY, SERVER = "server-root", "device-root", "device-authority", "server"
"""Pairs of certificate and key in the folder of the authorities."""
AUTHORITY_BEFORE = f"{DEVICE_AUTHORITY}-before"
"""The certificate of the authority that issued to devices before the present one."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Everything that the cloud keeps, in one folder that only its owner reads."""

    path: Path

    @classmethod
    def named(cls, given: Path | None) -> "DataFolder":
        """The folder of `--data`, else of CLOUD_API_DATA, else `cloud-data` here."""
        return cls(given or Path(os.environ.get("CLOUD_API_DATA") or DEFAULT))

    @property
    def pki(self) -> Path:
        return self.path / "pki"

    @property
    def ca(self) -> Path:
        """What a client of ours trusts."""
        return self.path / "ca.pem"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def sessions(self) -> Path:
        """Of people at the frontends, each sealed by what only their browser holds."""
        return self.path / "sessions"

    @property
    def database(self) -> Path:
        return self.path / "cloud.db"

    @property
    def journal(self) -> Path:
        """What was granted and revoked; to be copied elsewhere more often than a backup is made."""
        return self.path / "consent-journal"

    def slip(self, device: UUID) -> Path:
        """The access codes of a device in clear, until somebody has printed and deleted them."""
        return self.path / "slips" / f"{device}.html"

    @property
    def bastions(self) -> Path:
        """Where tunnels end, as `cloud-api bastion` has noted it."""
        return self.path / "bastions.json"

    @property
    def releases(self) -> Path:
        """The repository of releases: `metadata` and `targets` in it are for everybody."""
        return self.path / "releases"

    @property
    def dataset_key(self) -> Path:
        """What the identifiers of releases are made with."""
        return self.path / "dataset.key"

    @property
    def listening(self) -> Path:
        return self.path / "listening.json"

    def check(self) -> None:
        """Raises SetupError where `init` has not been."""
        if not self.ca.exists():
            raise SetupError(f"{self.path}: no data folder yet; `cloud-api init --data {self.path}` makes one")


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Where one of the two ports is."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return self.at(self.host)

    def at(self, host: str) -> str:
        """The address of this port at a host that others know."""
        return f"https://[{host}]:{self.port}" if ":" in host else f"https://{host}:{self.port}"


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """Where the service listens, or listened last."""

    device: Listener
    pages: Listener

    def note(self, folder: DataFolder) -> None:
        write_private(folder.listening, msgspec.json.format(msgspec.json.encode(self)) + b"\n")

    @classmethod
    def noted(cls, folder: DataFolder) -> "Listening | None":
        """None where the service has never run."""
        try:
            return msgspec.json.decode(folder.listening.read_bytes(), type=cls)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise SetupError(f"{folder.listening}: cannot be read ({type(error).__name__})") from error


def database_place(url: str | None, folder: DataFolder) -> Place:
    """The database of a URL; without one, the file of the folder."""
    return folder.database if url is None else place_of(url)
