"""A certificate authority: a root certificate and its key, in one folder."""

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


def new_root(common_name: str, *, now: datetime) -> Issued:
    """A root that signs its own certificate and, directly, all others under it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        draft(name, key.public_key(), now=now, life=ROOT_LIFE)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
    )
    return Issued(certificate=builder.sign(key, hashes.SHA256()), key=key)


def save(issued: Issued, folder: Path, name: str) -> None:
    """The key goes first: a certificate without its key would be taken for a whole pair."""
    write_private(folder / f"{name}.key", issued.key_pem)
    write_private(folder / f"{name}.pem", issued.certificate_pem)


def load(folder: Path, name: str) -> Issued:
    """Raises SetupError where there is no such pair."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
        key = load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SetupError(f"{folder / name}.pem and .key cannot be read; `cloud-api init` makes them") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SetupError(f"{folder / name}.key: no key on an elliptic curve")
    return Issued(certificate=certificate, key=key)


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
