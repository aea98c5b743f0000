"""Certificates follow one another, come back after their end, and are denied at once on every connection."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cloud_api.folder import bundle, making
from cloud_api.pki import authority
from cloud_api.pki.identity import identity_of
from cloud_api.pki.renewal import proves
from cloud_api.pki.scopes import Scope
from cloud_api.store import devices
from tests.cloud.asking import ask, code
from tests.cloud.conftest import Home
from tests.cloud.issuing import issue
from tests.cloud.running import Cloud, HandClock, session

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey


def signing_request(key: Key | rsa.RSAPrivateKey) -> str:
    """A request in which the device says it is somebody else, which is not believed."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody else")])
    alternatives = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(UUID(int=1).urn)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name).add_extension(alternatives, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def key_of(folder: Path) -> Key:
    key = load_pem_private_key((folder / bundle.KEY).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def written(folder: Path, certificate: str, key: Key) -> Path:
    folder.mkdir()
    (folder / bundle.CERTIFICATE).write_text(certificate)
    (folder / bundle.KEY).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


async def renewed(cloud: Cloud, present: Path, out: Path) -> Path:
    """Ask as the device, by its present certificate; a folder with the next one."""
    key = new_key()
    async with cloud.device(present) as device:
        status, body = await ask(device, "POST", "/certificate", json={"request": signing_request(key)})
    assert status == 201, body
    return written(out, body["certificate"], key)


def late(folder: Path, key: Key | None = None, **changes: str) -> dict[str, str]:
    """What a device sends whose certificate lies in this folder."""
    request = signing_request(key or new_key())
    proof = b64encode(key_of(folder).sign(request.encode(), ec.ECDSA(hashes.SHA256()))).decode()
    certificate = (folder / bundle.CERTIFICATE).read_text()
    return {"certificate": certificate, "request": request, "proof": proof, **changes}


async def aged(cloud: Cloud, home: Home, out: Path, age: timedelta) -> Path:
    """A bundle of the same device that was provisioned so long ago."""
    return await cloud.provision(home.device, out, clock=HandClock(datetime.now(UTC) - age))


async def test_the_next_certificate_is_for_the_same_device_with_the_same_rights(
    cloud: Cloud, home: Home, tmp_path: Path
) -> None:
    scopes = frozenset({Scope.ACCOUNT, Scope.CONSENT})
    present = await issue(cloud, tmp_path / "present", home.device, scopes=scopes)
    after = await renewed(cloud, present, tmp_path / "after")
    certificate = x509.load_pem_x509_certificate((after / bundle.CERTIFICATE).read_bytes())
    identity = identity_of(certificate.public_bytes(Encoding.DER))
    assert (identity.device, identity.scopes) == (UUID(home.device), scopes)
    assert certificate.public_key() == key_of(after).public_key()
    assert certificate.not_valid_after_utc - datetime.now(UTC) > 89 * DAY


async def test_the_old_certificate_ends_when_the_new_one_first_speaks(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    lost = await renewed(cloud, home.bundle, tmp_path / "lost")
    after = await renewed(cloud, home.bundle, tmp_path / "after")
    assert (await ask(home.client, "GET", "/account"))[0] == 200
    async with cloud.device(after) as device:
        assert (await ask(device, "GET", "/account"))[0] == 200
        assert await code(home.client, "GET", "/account") == (403, "certificate-denied")
        assert (await ask(device, "GET", "/account"))[0] == 200
    async with cloud.device(lost) as device:
        assert await code(device, "GET", "/account") == (403, "certificate-denied")
    async with cloud.device(home.bundle) as device:
        body = {"request": signing_request(new_key())}
        assert await code(device, "POST", "/certificate", json=body) == (403, "certificate-denied")


@pytest.mark.parametrize("days", [1, 89])
async def test_a_certificate_is_renewed_while_it_stands(cloud: Cloud, home: Home, tmp_path: Path, days: int) -> None:
    present = await aged(cloud, home, tmp_path / "present", days * DAY)
    after = await renewed(cloud, present, tmp_path / "after")
    async with cloud.device(after) as device:
        assert (await ask(device, "GET", "/account"))[0] == 200


@pytest.mark.parametrize("since_its_end", [DAY, 309 * DAY, 311 * DAY, 399 * DAY, 400 * DAY - timedelta(minutes=1)])
async def test_a_certificate_is_renewed_after_its_end(
    cloud: Cloud, home: Home, tmp_path: Path, since_its_end: timedelta
) -> None:
    slept = await aged(cloud, home, tmp_path / "slept", 90 * DAY + since_its_end)
    key = new_key()
    async with cloud.stranger() as device:
        status, body = await ask(device, "POST", "/certificate/late", json=late(slept, key))
    assert status == 201
    async with cloud.device(written(tmp_path / "after", body["certificate"], key)) as device:
        assert (await ask(device, "GET", "/account"))[0] == 200
    async with cloud.stranger() as device:
        assert await code(device, "POST", "/certificate/late", json=late(slept)) == (403, "certificate-denied")


async def test_at_401_days_a_device_has_to_be_provisioned_anew(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    async with cloud.stranger() as device:
        for days in (400 + 1 / 1440, 401):
            slept = await aged(cloud, home, tmp_path / f"slept {days:.0f}", (90 + days) * DAY)
            assert await code(device, "POST", "/certificate/late", json=late(slept)) == (403, "certificate-denied")


async def test_by_a_clock_that_moves_on_the_same_certificate_is_late_at_91_days(
    cloud: Cloud, home: Home, clock: HandClock
) -> None:
    clock.move(91 * DAY)
    assert await code(home.client, "GET", "/account") == (401, "no-credential")
    async with cloud.stranger() as device:
        assert (await ask(device, "POST", "/certificate/late", json=late(home.bundle)))[0] == 201
        clock.move(400 * DAY)
        assert await code(device, "POST", "/certificate/late", json=late(home.bundle)) == (403, "certificate-denied")


async def test_after_a_revocation_nothing_is_renewed(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    slept = await aged(cloud, home, tmp_path / "slept", 100 * DAY)
    async with cloud.database() as database, database.write() as connection:
        assert await devices.deny(connection, UUID(home.device), at=datetime.now(UTC)) == 2
    assert await code(home.client, "GET", "/account") == (403, "certificate-denied")
    body = {"request": signing_request(new_key())}
    assert await code(home.client, "POST", "/certificate", json=body) == (403, "certificate-denied")
    async with cloud.stranger() as device:
        assert await code(device, "POST", "/certificate/late", json=late(slept)) == (403, "certificate-denied")
    again = await cloud.provision(home.device, tmp_path / "again")
    async with cloud.device(again) as device:
        assert (await ask(device, "GET", "/account"))[0] == 200


async def test_a_certificate_alone_proves_nothing(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    other = await cloud.add_household()
    thief = await cloud.provision(other["measurement_devices"][0]["uuid"], tmp_path / "thief")
    proofs = [late(thief)["proof"], late(home.bundle)["proof"], "", "no base64"]
    async with cloud.stranger() as stranger:
        for proof in proofs:
            body = late(home.bundle, proof=proof)
            assert await code(stranger, "POST", "/certificate/late", json=body) == (403, "forbidden")


async def test_who_guesses_proofs_has_to_wait(cloud: Cloud, home: Home, clock: HandClock) -> None:
    async with cloud.stranger() as stranger:
        for _ in range(5):
            body = late(home.bundle, proof="AAAA")
            assert await code(stranger, "POST", "/certificate/late", json=body) == (403, "forbidden")
        async with stranger.post("/certificate/late", json=late(home.bundle)) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "12")
        clock.move(timedelta(seconds=12))
        assert (await ask(stranger, "POST", "/certificate/late", json=late(home.bundle)))[0] == 201


async def test_a_certificate_of_another_authority_is_not_renewed(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    root = authority.new_root("Zählwerk device authority", now=datetime.now(UTC))
    foreign = await issue(cloud, tmp_path / "foreign", home.device, root=root)
    unrecorded = await issue(cloud, tmp_path / "unrecorded", home.device, recorded=False)
    async with cloud.stranger() as stranger:
        for folder in (foreign, unrecorded):
            assert await code(stranger, "POST", "/certificate/late", json=late(folder)) == (403, "forbidden")


async def test_a_certificate_that_is_none_is_named(cloud: Cloud, home: Home) -> None:
    async with cloud.stranger() as stranger:
        body = late(home.bundle, certificate="none")
        status, problem = await ask(stranger, "POST", "/certificate/late", json=body)
    assert (status, [error["pointer"] for error in problem["errors"]]) == (422, ["/certificate"])


def spoiled(pem: str) -> str:
    """The same request with a bit of its signature turned."""
    request = x509.load_pem_x509_csr(pem.encode())
    der = bytearray(request.public_bytes(Encoding.DER))
    der[-1] ^= 1
    body = b64encode(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n"


async def test_a_request_that_is_none_is_named(home: Home) -> None:
    other_curve: Any = ec.generate_private_key(ec.SECP384R1())
    requests = [
        "none",
        signing_request(rsa.generate_private_key(65537, 2048)),
        signing_request(other_curve),
        signing_request(key_of(home.bundle)),
        spoiled(signing_request(new_key())),
    ]
    for request in requests:
        status, problem = await ask(home.client, "POST", "/certificate", json={"request": request})
        assert (status, [error["pointer"] for error in problem["errors"]]) == (422, ["/request"]), request


async def test_a_device_cannot_ask_for_certificates_without_end(cloud: Cloud, home: Home) -> None:
    answers = [
        await ask(home.client, "POST", "/certificate", json={"request": signing_request(new_key())}) for _ in range(13)
    ]
    assert [status for status, _ in answers] == [201] * 12 + [429]


async def test_the_certificate_follows_an_address_that_was_corrected_and_one_that_was_erased(
    cloud: Cloud, granted: Home, tmp_path: Path
) -> None:
    async with cloud.people() as people:
        path = f"/management/household/{granted.household['uuid']}"
        body = {"participant": {"email": "erika@new.example"}}
        assert (await ask(people, "PATCH", path, json=body))[0] == 200
    assert (await ask(granted.client, "GET", "/account"))[1]["email"] == "erika@new.example"
    corrected = await renewed(cloud, granted.bundle, tmp_path / "corrected")
    assert addresses(corrected) == ["erika@new.example"]
    async with session(cloud.url, cloud.folder.ca, corrected) as device:
        assert (await ask(device, "DELETE", "/household/consent"))[0] == 200
    erased = await renewed(cloud, corrected, tmp_path / "erased")
    assert addresses(erased) == []
    async with cloud.device(erased) as device:
        assert (await ask(device, "GET", "/household/consent"))[1]["state"] == "revoked"


def addresses(folder: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificate((folder / bundle.CERTIFICATE).read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.RFC822Name)


def test_a_key_of_another_kind_proves_nothing() -> None:
    key = rsa.generate_private_key(65537, 2048)
    root = authority.new_root("root", now=datetime.now(UTC))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC))
        .not_valid_after(datetime.now(UTC) + DAY)
        .sign(root.key, hashes.SHA256())
    )
    assert not proves(certificate, "AAAA", "request")


async def test_what_the_authority_before_has_issued_stays_good(
    cloud: Cloud, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "RENEW_AUTHORITY_BEFORE", authority.ISSUING_LIFE + DAY)
    file = cloud.folder.pki / "device-authority.pem"
    before = file.read_bytes()
    async with cloud.away():
        told = await making.init(cloud.folder, names=[], database=cloud.place, clock=cloud.clock)
    assert f"{file}: made" in told
    assert file.read_bytes() != before
    after = await cloud.provision(home.device, tmp_path / "after")
    for folder in (home.bundle, after):
        async with cloud.device(folder) as device:
            assert (await ask(device, "GET", "/account"))[0] == 200
    async with cloud.stranger() as stranger:
        assert (await ask(stranger, "POST", "/certificate/late", json=late(home.bundle)))[0] == 201
