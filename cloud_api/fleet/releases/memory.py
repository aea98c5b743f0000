"""What the service remembers of releases besides what is signed: when the watch stopped one, when a person went on."""

from datetime import datetime

import msgspec

from cloud_api.errors import SetupError
from cloud_api.files import write_private
from cloud_api.fleet.releases.repository import Repository

FILE = "watch.json"


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """That the watch stopped a release."""

    at: datetime
    reason: str


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """By version."""

    stopped: dict[str, Stop] = {}
    resumed: dict[str, datetime] = {}


def read(repository: Repository) -> Memory:
    file = repository.folder / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory()
    except (OSError, msgspec.MsgspecError) as error:
        raise SetupError(f"{file}: cannot be read ({type(error).__name__})") from error


def write(repository: Repository, known: Memory) -> None:
    write_private(repository.folder / FILE, msgspec.json.format(msgspec.json.encode(known)) + b"\n")
