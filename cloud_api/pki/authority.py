"""A certificate authority: roots, the authority that issues for one of them, and the files they are kept in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cloud_api.errors import SetupError
from cloud_api.files import write_private

ROOT_LIFE = timedelta(days=3652)
ISSUING_LIFE = timedelta(days=3 * 365)
CLOCKS_APART = timedelta(minutes=5)
"""How long before its making a certificate is already good, for those whose clock is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def new_root(common_name: str, *, now: datetime, authorities: int = 0) -> Issued:
    """A root that signs its own certificate; under it may stand so many authorities, one below the other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name)
    builder = _authority(draft(name, key.public_key(), now=now, life=ROOT_LIFE).issuer_name(name), key, authorities)
    return Issued(certificate=builder.sign(key, hashes.SHA256()), key=key)


def new_issuing(root: Issued, common_name: str, *, now: datetime) -> Issued:
    """An authority that issues day by day, so that the key of its root need not lie here."""
    key = ec.generate_private_key(ec.SECP256R1())
    life = min(ISSUING_LIFE, root.certificate.not_valid_after_utc - now)
    drafted = draft(_name(common_name), key.public_key(), now=now, life=life).issuer_name(root.certificate.subject)
    builder = _authority(drafted, key, 0).add_extension(signed_by(root), critical=False)
    return Issued(certificate=builder.sign(root.key, hashes.SHA256()), key=key)


def save(issued: Issued, folder: Path, name: str, *, keys: Path | None = None) -> None:
    """The key goes first: a certificate without its key would be taken for a whole pair."""
    write_private((keys or folder) / f"{name}.key", issued.key_pem)
    write_private(folder / f"{name}.pem", issued.certificate_pem)


def load(folder: Path, name: str, *, keys: Path | None = None) -> Issued:
    """Raises SetupError where there is no such pair; the key may lie in a folder of its own."""
    pem, key_file = folder / f"{name}.pem", (keys or folder) / f"{name}.key"
    try:
        certificate = x509.load_pem_x509_certificate(pem.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SetupError(f"{pem} and {key_file} cannot be read; `cloud-api init` makes them") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SetupError(f"{key_file}: no key on an elliptic curve")
    return Issued(certificate=certificate, key=key)


def signed_by(issuer: Issued) -> x509.AuthorityKeyIdentifier:
    """The extension that leads from a certificate to its issuer's."""
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def draft(
    name: x509.Name, public_key: ec.EllipticCurvePublicKey, *, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    """What every certificate begins with."""
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(now + life)
    )


def usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _authority(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, authorities: int
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=authorities), critical=True)
        .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
