"""The journal of consent: a file that outlives every backup, so that a restored one brings nobody back.

A line for each grant and each revocation, without a word that is anybody's: the household and the e-mail address stand
in it as keyed hashes, each under a key of its own. Whoever has the keys can recognise a household or an address that
they know already, and cannot find one that they do not.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from cloud_api.errors import SetupError
from cloud_api.files import PRIVATE_FILE, write_private

BYTES = 32
KEYS = ("journal-household", "journal-email")
"""Files of the two keys in the folder of the keys."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """That consent was granted or revoked; `household` and `email` are keyed hashes."""

    event: Literal["granted", "revoked"]
    at: datetime
    household: str
    email: str | None
    """None where the household had no participant."""
    text_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The file and its keys. A line is on the disk before what it tells of is in the database."""

    file: Path
    household_key: bytes
    email_key: bytes

    @classmethod
    def load(cls, file: Path, keys: Path) -> "Journal":
        """Raises SetupError where `init` has made no keys."""
        try:
            household, email = ((keys / f"{name}.key").read_bytes() for name in KEYS)
        except OSError as error:
            raise SetupError(f"{keys}: the keys of the journal cannot be read; `cloud-api init` makes them") from error
        return cls(file=file, household_key=household, email_key=email)

    def household(self, uuid: UUID) -> str:
        return _hashed(self.household_key, uuid.bytes)

    def email(self, address: str) -> str:
        return _hashed(self.email_key, address.strip().lower().encode())

    def add(self, *lines: Line) -> None:
        """Raises OSError where the disk takes them not."""
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
            stream.flush()
            os.fsync(stream.fileno())

    def told_of(self, address: str) -> list[Line]:
        """What was granted and revoked by whoever had this e-mail address."""
        wanted = self.email(address)
        return [line for line in read(self.file) if line.email == wanted]


def make(keys: Path) -> bool:
    """Make the keys, unless they are there."""
    missing = [keys / f"{name}.key" for name in KEYS if not (keys / f"{name}.key").exists()]
    for file in missing:
        write_private(file, secrets.token_bytes(BYTES))
    return bool(missing)


def read(file: Path) -> Iterator[Line]:
    """Every whole line; one that a failing disk cut short told of nothing that was answered."""
    if not file.exists():
        return
    try:
        for line in file.read_bytes().split(b"\n")[:-1]:
            yield msgspec.json.decode(line, type=Line)
    except (OSError, msgspec.DecodeError) as error:
        raise SetupError(f"{file}: no journal that can be read ({type(error).__name__})") from error


def revocations(lines: Iterable[Line]) -> dict[str, datetime]:
    """The households whose consent was revoked, by their hashes, and when."""
    return {line.household: line.at for line in lines if line.event == "revoked"}


def _hashed(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()
