"""What our authorities issue, and what is read in a certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.errors import SetupError
from cloud_api.pki import authority
from cloud_api.pki.authority import draft, new_root
from cloud_api.pki.identity import Identity, identity_of
from cloud_api.pki.issue import ALL_SCOPES, device_certificate, server_certificate
from cloud_api.pki.scopes import EXTENSION, Scope, from_extension, to_extension

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DEVICE = UUID("7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10")
ROOT = new_root("Zählwerk devices", now=NOW)
CERTIFICATE = device_certificate(ROOT, DEVICE, email="erika@example.org", now=NOW).certificate


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def test_a_device_s_certificate_is_what_the_design_says() -> None:
    extensions = CERTIFICATE.extensions
    assert CERTIFICATE.subject.rfc4514_string() == f"CN={DEVICE}"
    assert isinstance(CERTIFICATE.public_key(), ec.EllipticCurvePublicKey)
    assert CERTIFICATE.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]  # the line before has looked
    assert CERTIFICATE.not_valid_after_utc - NOW == timedelta(days=90)
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.RFC822Name("erika@example.org"), x509.UniformResourceIdentifier(f"urn:uuid:{DEVICE}")]
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert extensions.get_extension_for_class(x509.KeyUsage).value == authority.usage(digital_signature=True)
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    scopes = extensions.get_extension_for_oid(EXTENSION)
    assert not scopes.critical
    assert EXTENSION.dotted_string.startswith("2.25.")
    UUID(int=int(EXTENSION.dotted_string.removeprefix("2.25.")))
    CERTIFICATE.verify_directly_issued_by(ROOT.certificate)


def test_scopes_are_a_der_sequence_of_utf_8_strings() -> None:
    extension = to_extension(frozenset({Scope.CONSENT, Scope.ACCOUNT}))
    assert extension.value == b"\x30\x12\x0c\x07account\x0c\x07consent"


@given(st.frozensets(st.sampled_from(Scope)))
def test_scopes_are_read_as_they_were_written(scopes: frozenset[Scope]) -> None:
    assert from_extension(to_extension(scopes).value) == scopes


def test_a_scope_that_nobody_knows_is_none() -> None:
    assert from_extension(b"\x30\x10\x0c\x05admin\x0c\x07account") == {Scope.ACCOUNT}


@given(st.binary(max_size=40))
def test_any_other_bytes_are_no_scopes(value: bytes) -> None:
    try:
        scopes = from_extension(value)
    except ValueError:
        return
    assert scopes <= ALL_SCOPES


@pytest.mark.parametrize("value", [b"", b"\x30", b"\x31\x00", b"\x30\x02\x0c\x07", b"\x30\x00\x00", b"\x30\x81\x00"])
def test_what_is_no_sequence_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match="scopes"):
        from_extension(value)


def test_scopes_that_would_need_long_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        to_extension(frozenset({Scope.ACCOUNT, "x" * 125}))  # type: ignore[arg-type]  # a scope of tomorrow


def test_a_certificate_is_read_once() -> None:
    expected = Identity(
        device=DEVICE,
        scopes=ALL_SCOPES,
        serial=CERTIFICATE.serial_number,
        email="erika@example.org",
        key=CERTIFICATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        not_before=NOW - timedelta(minutes=5),
        not_after=NOW + timedelta(days=90),
    )
    assert identity_of(der(CERTIFICATE)) == expected
    assert identity_of(der(CERTIFICATE)) is identity_of(bytes(bytearray(der(CERTIFICATE))))


def certificate(*names: x509.GeneralName) -> x509.Certificate:
    builder = draft(x509.Name([]), ROOT.key.public_key(), now=NOW, life=timedelta(days=1))
    builder = builder.issuer_name(ROOT.certificate.subject)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(ROOT.key, hashes.SHA256())


URN = x509.UniformResourceIdentifier(DEVICE.urn)


@pytest.mark.parametrize(
    "names",
    [
        [],
        [x509.DNSName("localhost")],
        [x509.UniformResourceIdentifier("https://example.org/")],
        [x509.UniformResourceIdentifier("urn:uuid:x")],
        [URN, x509.UniformResourceIdentifier(UUID(int=1).urn)],
    ],
)
def test_a_certificate_that_names_not_one_device_is_none_of_a_device(names: list[x509.GeneralName]) -> None:
    with pytest.raises(ValueError, match=r"certificate|UUID"):
        identity_of(der(certificate(*names)))


def test_a_certificate_without_scopes_has_none() -> None:
    assert identity_of(der(certificate(URN))).scopes == frozenset()


def test_servers_and_devices_have_roots_of_their_own() -> None:
    other = new_root("Zählwerk servers", now=NOW)
    server = server_certificate(other, ["localhost", "192.0.2.7"], now=NOW).certificate
    server.verify_directly_issued_by(other.certificate)
    with pytest.raises(ValueError, match="Issuer"):
        server.verify_directly_issued_by(ROOT.certificate)


def test_a_pair_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    authority.save(ROOT, tmp_path, "root")
    loaded = authority.load(tmp_path, "root")
    assert loaded.certificate == ROOT.certificate
    assert loaded.key.private_numbers() == ROOT.key.private_numbers()


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    authority.save(ROOT, tmp_path, "root")
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "root.key").write_bytes(pem)
    with pytest.raises(SetupError, match="elliptic"):
        authority.load(tmp_path, "root")


def test_a_root_signs_no_authority_under_itself() -> None:
    constraints = ROOT.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)
