"""The secrets that the frontends share with the service, one for each group of people, two while one is changed."""

import hashlib
import hmac
import secrets
from enum import StrEnum
from pathlib import Path

from cloud_api.errors import SetupError
from cloud_api.files import write_private

BYTES = 32
HASHES = ".sha256"
"""Ends the name of the file that the service reads: a hash a line. The file without it is to be handed over."""


class Group(StrEnum):
    """A group of people with a secret and endpoints of their own."""

    RESEARCHER = "researcher"
    ADMINISTRATOR = "administrator"
    BASTION = "bastion"
    """Machines: they may ask which tunnels were denied, and nothing else."""


class SharedSecrets:
    """Whose secret a token is. Only hashes are held, and every one is compared, in constant time.

    A change of the files is taken up with the next question, by every worker.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps = self._look()
        self._hashes = _read(folder)

    @classmethod
    def load(cls, folder: Path) -> "SharedSecrets":
        """Raises SetupError where a group has no secret."""
        return cls(folder)

    def group(self, token: str) -> Group | None:
        stamps = self._look()
        if stamps != self._stamps:
            self._hashes, self._stamps = _read(self._folder), stamps
        found = None
        given = _hash(token)
        for known, group in self._hashes.items():
            if hmac.compare_digest(known, given):
                found = group
        return found

    def _look(self) -> list[tuple[int, int]]:
        """What changes with the files; each change puts another file in place."""
        stats = [file.stat() for group in Group for file in _files(self._folder, group) if file.exists()]
        return [(stat.st_mtime_ns, stat.st_ino) for stat in stats]


def make(folder: Path, group: Group) -> bool:
    """Make the secret of a group, unless it has one."""
    if any(file.exists() for file in _files(folder, group)):
        return False
    _hand_over(folder, group, [])
    return True


def change(folder: Path, group: Group) -> None:
    """Make another secret for a group; the one before is good until `end_change`."""
    _hand_over(folder, group, _hashes(folder, group)[:1])


def end_change(folder: Path, group: Group) -> bool:
    """Let the newest secret of a group alone be good. False where no other was."""
    hashes = _hashes(folder, group)
    write_private(_files(folder, group)[1], f"{hashes[0].hex()}\n".encode())
    return len(hashes) > 1


def _hand_over(folder: Path, group: Group, others: list[bytes]) -> None:
    """A new secret. Its prefix lets a scanner recognise it where it should not be."""
    secret = f"zaehlwerk-{group}-{secrets.token_urlsafe(BYTES)}"
    plain, hashed = _files(folder, group)
    write_private(hashed, "".join(f"{each.hex()}\n" for each in (_hash(secret), *others)).encode())
    write_private(plain, secret.encode())


def _read(folder: Path) -> dict[bytes, Group]:
    return {each: group for group in Group for each in _hashes(folder, group)}


def _hashes(folder: Path, group: Group) -> list[bytes]:
    """The hashes of the secrets that are good, the newest first.

    Secrets that somebody wrote into the file by hand count as well. Raises SetupError where there is none.
    """
    plain, hashed = _files(folder, group)
    try:
        by_hand = [_hash(secret) for secret in plain.read_text(encoding="ascii").split()] if plain.exists() else []
        known = [bytes.fromhex(line) for line in hashed.read_text(encoding="ascii").split()] if hashed.exists() else []
    except (OSError, ValueError) as error:
        raise SetupError(f"{folder}: the shared secrets cannot be read ({type(error).__name__})") from error
    found = list(dict.fromkeys([*by_hand, *known]))
    if not found:
        raise SetupError(f"{folder}: the shared secret of {group} is missing; `cloud-api init` makes one")
    return found


def _files(folder: Path, group: Group) -> tuple[Path, Path]:
    return folder / group, folder / f"{group}{HASHES}"


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
