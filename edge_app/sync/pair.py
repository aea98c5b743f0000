"""The device's certificate and its key on the disk: two files that change together, whatever is cut off meanwhile."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from edge_app.config import CloudConfig
from edge_app.errors import ConfigError

OWN = b"Made on this device.\n"
"""What stands before a key that was not preloaded; readers of PEM pass over it."""
BEGIN = b"-----BEGIN CERTIFICATE-----"
TWO_THIRDS, TENTH = 2 / 3, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A certificate and its key, as they lie there."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    own: bool
    """Whether the key was made here; a preloaded one lay on the card before."""

    @property
    def due(self) -> datetime:
        """When it is to be renewed: a preloaded one at once, else at two thirds of its life, give or take a tenth."""
        begin = self.certificate.not_valid_before_utc
        if not self.own:
            return begin
        digest = hashlib.sha256(self.certificate.serial_number.to_bytes(20, "big")).digest()
        chance = int.from_bytes(digest[:8], "big") / 2**64
        return begin + (TWO_THIRDS + TENTH * (2 * chance - 1)) * (self.not_after - begin)

    @property
    def not_after(self) -> datetime:
        return self.certificate.not_valid_after_utc

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two files.

    A new pair is first put beside them as one file, in one step; then both are replaced, then that file goes. If power
    fails before the step, the old pair stands; if it fails after it, `settle` does the rest.
    """

    certificate: Path
    key: Path

    @classmethod
    def of(cls, config: CloudConfig) -> Self:
        return cls(certificate=config.certificate, key=config.key)

    @property
    def both(self) -> Path:
        return self.certificate.with_name(f"{self.certificate.name}.next")

    def load(self) -> Credential:
        """Raises ConfigError where the files hold no certificate and its key on an elliptic curve."""
        try:
            text = self.key.read_bytes()
            key = load_pem_private_key(text, password=None)
            certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(f"{self.certificate}, {self.key}: expected a certificate and its key") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ConfigError(f"{self.key}: expected a key on an elliptic curve")
        return Credential(certificate=certificate, key=key, own=text.startswith(OWN))

    def replace(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        """Put a new pair in place. Raises ConfigError where it cannot be written; the old one stands then."""
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._write(self.both, OWN + private + certificate.public_bytes(Encoding.PEM))
        self.settle()

    def settle(self) -> None:
        """Finish what `replace` had begun when power failed. Raises ConfigError where that cannot be written."""
        if not self.both.exists():
            return
        private, _, certificate = self.both.read_bytes().partition(BEGIN)
        self._write(self.key, private)
        self._write(self.certificate, BEGIN + certificate)
        self.both.unlink()

    def _write(self, file: Path, content: bytes) -> None:
        """Put a whole file in place, on the disk, that its owner alone reads."""
        beside = file.with_name(f".{file.name}.new")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(file)
            folder = os.open(file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise ConfigError(f"{file}: cannot be written ({error.strerror})") from error
