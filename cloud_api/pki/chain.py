"""Whether a certificate is one of ours, where TLS has not looked: it came in a header, or in a body after its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

REMEMBERED = 4096


@dataclass(slots=True)
class Trust:
    """The authorities that issue to devices, or did. Each certificate is looked at once."""

    authorities: tuple[x509.Certificate, ...]
    _known: dict[bytes, bool] = field(default_factory=dict)

    @classmethod
    def load(cls, files: Sequence[Path]) -> Self:
        return cls(tuple(x509.load_pem_x509_certificate(file.read_bytes()) for file in files))

    def vouches(self, der: bytes) -> bool:
        """Whether one of them has issued this, for a client. Neither times nor denials are looked at."""
        if der not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[der] = any(_issued(authority, der) for authority in self.authorities)
        return self._known[der]


def _issued(authority: x509.Certificate, der: bytes) -> bool:
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.verify_directly_issued_by(authority)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in purposes
