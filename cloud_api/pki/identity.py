"""Who a device is, by the certificate of its connection."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cloud_api.pki.scopes import EXTENSION, Scope, from_extension

REMEMBERED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a certificate says: which device, with which rights, until when. TLS has checked who signed it."""

    device: UUID
    scopes: frozenset[Scope]
    serial: int
    email: str | None
    """As it was when the certificate was issued; shown and compared, it identifies nobody."""
    key: bytes
    """Its public key, DER."""
    not_before: datetime
    not_after: datetime


@lru_cache(maxsize=REMEMBERED)
def identity_of(der: bytes) -> Identity:
    """Read a certificate, each one once. Raises ValueError where it is none of a device."""
    certificate = x509.load_der_x509_certificate(der)
    return Identity(
        device=_device(certificate),
        scopes=_scopes(certificate),
        serial=certificate.serial_number,
        email=_email(certificate),
        key=certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _alternatives(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound as error:
        raise ValueError("the certificate has no alternative names") from error


def _email(certificate: x509.Certificate) -> str | None:
    return next(iter(_alternatives(certificate).get_values_for_type(x509.RFC822Name)), None)


def _device(certificate: x509.Certificate) -> UUID:
    urns = _alternatives(certificate).get_values_for_type(x509.UniformResourceIdentifier)
    devices = [UUID(urn) for urn in urns if urn.startswith("urn:uuid:")]
    if len(devices) != 1:
        raise ValueError(f"the certificate names {len(devices)} devices (expected one urn:uuid)")
    return devices[0]


def _scopes(certificate: x509.Certificate) -> frozenset[Scope]:
    try:
        extension = certificate.extensions.get_extension_for_oid(EXTENSION).value
    except x509.ExtensionNotFound:
        return frozenset()
    return from_extension(extension.value) if isinstance(extension, x509.UnrecognizedExtension) else frozenset()
