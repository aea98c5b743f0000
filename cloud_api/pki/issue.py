"""Issuing: the server's certificate, and those of the devices."""

from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from cloud_api.pki.authority import Issued, draft, signed_by, usage
from cloud_api.pki.scopes import Scope, to_extension

SERVER_LIFE = timedelta(days=730)
DEVICE_LIFE = timedelta(days=90)
ALL_SCOPES = frozenset(Scope)


def server_certificate(root: Issued, names: Collection[str], *, now: datetime) -> Issued:
    """A certificate for the server under these names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(
        root,
        key.public_key(),
        common_name="Zählwerk Data API",
        alternatives=[_alternative(name) for name in names],
        purpose=ExtendedKeyUsageOID.SERVER_AUTH,
        life=SERVER_LIFE,
        now=now,
    )
    return Issued(certificate=certificate, key=key)


def device_certificate(
    root: Issued, device: UUID, *, email: str, now: datetime, scopes: frozenset[Scope] = ALL_SCOPES
) -> Issued:
    """A certificate for a device, and a key made for it. The e-mail address is shown, and never identifies."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certificate_for(root, device, key.public_key(), email=email, now=now, scopes=scopes)
    return Issued(certificate=certificate, key=key)


def certificate_for(
    root: Issued,
    device: UUID,
    key: ec.EllipticCurvePublicKey,
    *,
    email: str | None,
    now: datetime,
    scopes: frozenset[Scope],
) -> x509.Certificate:
    """A certificate for a key that the device has made; without an address once its participant is forgotten."""
    address = [x509.RFC822Name(email)] if email else []
    return _sign(
        root,
        key,
        common_name=str(device),
        alternatives=[*address, x509.UniformResourceIdentifier(device.urn)],
        purpose=ExtendedKeyUsageOID.CLIENT_AUTH,
        life=DEVICE_LIFE,
        now=now,
        scopes=scopes,
    )


def names_of(certificate: x509.Certificate) -> set[str]:
    """The names and addresses that a server's certificate is for."""
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(alternative.value) for alternative in alternatives}


def _sign(
    root: Issued,
    key: ec.EllipticCurvePublicKey,
    *,
    common_name: str,
    alternatives: list[x509.GeneralName],
    purpose: x509.ObjectIdentifier,
    life: timedelta,
    now: datetime,
    scopes: frozenset[Scope] | None = None,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    builder = (
        draft(name, key, now=now, life=life)
        .issuer_name(root.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(signed_by(root), critical=False)
    )
    if scopes is not None:
        builder = builder.add_extension(to_extension(scopes), critical=False)
    return builder.sign(root.key, hashes.SHA256())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
