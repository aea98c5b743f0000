"""The secrets that the frontends share with the service, one for each group of people."""

import hashlib
import hmac
import secrets
from enum import StrEnum
from pathlib import Path

from cloud_api.errors import SetupError
from cloud_api.files import write_private

BYTES = 32


class Group(StrEnum):
    """A group of people with a secret and endpoints of their own."""

    RESEARCHER = "researcher"
    ADMINISTRATOR = "administrator"


class SharedSecrets:
    """Whose secret a token is. Only hashes are held, and every one is compared, in constant time."""

    def __init__(self, hashes: dict[bytes, Group]) -> None:
        self._hashes = hashes

    @classmethod
    def load(cls, folder: Path) -> "SharedSecrets":
        """Read a file for each group; a second line is a second secret, valid during a change."""
        try:
            return cls(
                {
                    _hash(secret): group
                    for group in Group
                    for secret in (folder / group).read_text(encoding="ascii").split()
                }
            )
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(f"{folder}: the shared secrets cannot be read; `cloud-api init` makes them") from error

    def group(self, token: str) -> Group | None:
        found = None
        given = _hash(token)
        for known, group in self._hashes.items():
            if hmac.compare_digest(known, given):
                found = group
        return found


def make(folder: Path, group: Group) -> bool:
    """Make the secret of a group, unless it has one. Its prefix lets a scanner recognise it where it should not be."""
    file = folder / group
    if file.exists():
        return False
    write_private(file, f"zaehlwerk-{group}-{secrets.token_urlsafe(BYTES)}".encode())
    return True


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
