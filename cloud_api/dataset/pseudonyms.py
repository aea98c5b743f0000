"""Identifiers of a release: made of ours by a key, so that nobody without the key finds the way back."""

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from cloud_api.errors import SetupError
from cloud_api.files import write_private

KEY_BYTES = 32
DIGITS = 16
"""Hexadecimal digits of an identifier: 64 bits, so that a million of them hardly ever have two alike."""

Name = Callable[[str, UUID], str]
"""The identifier of something of a kind, such as a meter."""


def key_of(file: Path) -> bytes:
    """The key of this cloud's releases, made when it is first asked for. Raises SetupError where it cannot be read."""
    try:
        if not file.exists():
            write_private(file, os.urandom(KEY_BYTES))
        key = file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read or made ({error.strerror})") from error
    if len(key) != KEY_BYTES:
        raise SetupError(f"{file}: no key (expected {KEY_BYTES} bytes)")
    return key


def naming(key: bytes, name: str, *, revoked: bool) -> Name:
    """The identifiers that go by a name: those of a release, or of several that keep them.

    A household whose consent was revoked has others than before also where they are kept.
    """
    own = hmac.digest(key, f"{name}\0{'revoked' if revoked else 'standing'}".encode(), hashlib.sha256)

    def identify(kind: str, uuid: UUID) -> str:
        return hmac.digest(own, kind.encode() + b"\0" + uuid.bytes, hashlib.sha256).hex()[:DIGITS]

    return identify


def as_they_are(_kind: str, uuid: UUID) -> str:
    """The identifiers of the personal view: our own."""
    return str(uuid)
