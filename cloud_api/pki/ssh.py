"""The authorities of SSH: one lets devices to a bastion, one lets operators to a device, one vouches for hosts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)

from cloud_api.errors import SetupError
from cloud_api.files import write_private

TUNNEL, OPERATORS, HOSTS = "ssh-tunnel", "ssh-operators", "ssh-hosts"
"""Pairs of keys in the folder of the authorities; none serves two purposes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshAuthorities:
    """The keys by which certificates of SSH are signed."""

    tunnel: Ed25519PrivateKey
    operators: Ed25519PrivateKey
    hosts: Ed25519PrivateKey

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises SetupError where one is missing."""
        return cls(tunnel=_load(folder, TUNNEL), operators=_load(folder, OPERATORS), hosts=_load(folder, HOSTS))


def make(folder: Path, name: str) -> bool:
    """Make one of the authorities, unless it is there."""
    if _file(folder, name).exists():
        return False
    write_private(_file(folder, name), private_text(Ed25519PrivateKey.generate()))
    return True


def private_text(key: Ed25519PrivateKey) -> bytes:
    """A private key as OpenSSH reads it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def public_text(key: Ed25519PublicKey) -> str:
    """A public key in one line, without a comment."""
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Raises ValueError where the text is no public key of SSH on Ed25519."""
    try:
        key = load_ssh_public_key(text.encode())
    except Exception as error:  # besides ValueError, UnsupportedAlgorithm and others, by what was sent
        raise ValueError("Expected a public key of SSH") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("Expected a key on Ed25519")  # noqa: TRY004  # the text is to blame
    return key


def _load(folder: Path, name: str) -> Ed25519PrivateKey:
    file = _file(folder, name)
    try:
        key = load_ssh_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SetupError(f"{file}: cannot be read; `cloud-api init` makes it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SetupError(f"{file}: no key on Ed25519")
    return key


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.key"
