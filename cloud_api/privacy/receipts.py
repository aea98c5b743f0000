"""Receipts: what was agreed to or revoked, and when, signed by a key that the cloud uses for nothing else."""

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from cloud_api import wire
from cloud_api.errors import SetupError
from cloud_api.files import write_private

NAME = "receipt"
"""The pair of files in the folder of the keys: receipt.key signs, receipt.pem is enough to verify."""
MISSING = "cannot be read; `cloud-api init` makes it"


class Signer:
    """Signs receipts. The signature is over the statement alone, as JSON with sorted keys and without blanks."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._name = key_name(key.public_key())

    @classmethod
    def load(cls, folder: Path) -> "Signer":
        """Raises SetupError where `init` has made no key."""
        file = folder / f"{NAME}.key"
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise SetupError(f"{file}: {MISSING}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SetupError(f"{file}: no Ed25519 key")
        return cls(key)

    def signed(self, household: UUID, consent: wire.Consent, text_sha256: str | None) -> wire.SignedConsent:
        """The consent with its receipt; there is none before it was granted."""
        fields = {name: getattr(consent, name) for name in wire.Consent.__struct_fields__}
        if consent.state == "not-granted":
            return wire.SignedConsent(**fields)
        statement = wire.ReceiptStatement(household=household, text_sha256=text_sha256, **fields)
        signature = base64.b64encode(self._key.sign(canonical(msgspec.to_builtins(statement)))).decode()
        return wire.SignedConsent(
            **fields, receipt=wire.Receipt(statement=statement, key=self._name, signature=signature)
        )


def make(folder: Path) -> bool:
    """Make the pair, unless there is one."""
    if (folder / f"{NAME}.pem").exists():
        return False
    key = Ed25519PrivateKey.generate()
    write_private(folder / f"{NAME}.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write_private(
        folder / f"{NAME}.pem", key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return True


def verify(folder: Path, file: Path) -> dict[str, Any]:
    """What a receipt states, once its signature has proved true. Takes the answer that came with it, too.

    Raises SetupError where it is no receipt of this cloud, or not a letter is as it was signed.
    """
    try:
        public = load_pem_public_key((folder / f"{NAME}.pem").read_bytes())
    except (OSError, ValueError) as error:
        raise SetupError(f"{folder / NAME}.pem: {MISSING}") from error
    try:
        document = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
        receipt = document.get("receipt", document)
        statement: dict[str, Any] = receipt["statement"]
        key, signature = receipt["key"], base64.b64decode(receipt["signature"], validate=True)
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error
    except (msgspec.DecodeError, KeyError, TypeError, binascii.Error) as error:
        raise SetupError(f"{file}: no receipt (expected JSON with statement, key and signature)") from error
    if not isinstance(public, Ed25519PublicKey) or key != key_name(public):
        raise SetupError(f"{file}: signed by another key than this cloud's")
    try:
        public.verify(signature, canonical(statement))
    except InvalidSignature as error:
        raise SetupError(f"{file}: the signature does not fit; the receipt is not as it was signed") from error
    return statement


def canonical(statement: object) -> bytes:
    """The bytes that are signed."""
    return msgspec.json.encode(statement, order="sorted")


def key_name(public: Ed25519PublicKey) -> str:
    """The SHA-256 of the public key, of which 16 digits are enough to tell one from another."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
