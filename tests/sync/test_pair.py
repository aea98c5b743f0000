"""Certificate and key on the disk: whenever the power fails, a pair that fits together is there afterwards."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from edge_app.errors import ConfigError
from edge_app.sync.pair import Credential, Pair
from tests.sync.authority import Authority
from tests.sync.conftest import DEVICE, Authorities

STEPS = 16
"""Three files are written, each by five calls, and one of them is taken away."""
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def pair(tmp_path: Path, authorities: Authorities) -> Pair:
    certificate, key = authorities.devices.device(tmp_path, DEVICE)
    return Pair(certificate=certificate, key=key)


@pytest.fixture
def fresh(tmp_path: Path, authorities: Authorities) -> Credential:
    """A pair that is to take the place of the other."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    certificate, key = authorities.devices.device(folder, DEVICE)
    return Pair(certificate=certificate, key=key).load()


def fits(credential: Credential) -> bool:
    return credential.certificate.public_key() == credential.key.public_key()


def test_a_pair_is_replaced_by_one_that_only_its_owner_reads(pair: Pair, fresh: Credential) -> None:
    assert not pair.load().own
    pair.replace(fresh.certificate, fresh.key)
    present = pair.load()
    assert (present.certificate, present.own, fits(present)) == (fresh.certificate, True, True)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (pair.certificate, pair.key)] == [0o600, 0o600]
    assert not [file for file in pair.key.parent.iterdir() if file.suffix in {".next", ".new"}]


class PowerCut(BaseException):
    """Nothing is done any more."""


@pytest.mark.parametrize("step", range(STEPS + 1))
def test_a_power_cut_at_any_step_leaves_a_working_pair(
    pair: Pair, fresh: Credential, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that changes a file is a step; the power fails before one of them, or after the last."""
    before = pair.load()
    left = step

    def cut(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            nonlocal left
            if left == 0:
                raise PowerCut
            left -= 1
            return function(*arguments, **more)

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((os, "open"), (os, "fsync"), (Path, "replace"), (Path, "unlink")):
            patch.setattr(owner, name, cut(getattr(owner, name)))
        try:
            pair.replace(fresh.certificate, fresh.key)
        except PowerCut:
            assert step < STEPS
        else:
            assert step == STEPS
    pair.settle()
    after = pair.load()
    assert fits(after)
    assert after.certificate in {before.certificate, fresh.certificate}
    pair.replace(fresh.certificate, fresh.key)
    assert pair.load().certificate == fresh.certificate


def test_a_disk_that_cannot_be_written_leaves_the_old_pair_and_is_told(
    pair: Pair, fresh: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pair.load().certificate

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ConfigError, match=r"device\.pem\.next: cannot be written \(No space left on device\)"):
            pair.replace(fresh.certificate, fresh.key)
    pair.settle()
    assert pair.load().certificate == before


def test_a_key_of_another_kind_is_refused(pair: Pair) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ConfigError, match="expected a key on an elliptic curve"):
        pair.load()


def certified(authority: Authority, serial: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, NOW, NOW + timedelta(days=90))
    return builder.sign(authority.key, hashes.SHA256())


def test_certificates_are_renewed_at_two_thirds_of_their_life_and_not_all_at_once(
    fresh: Credential, authorities: Authorities
) -> None:
    moments = [
        (replace(fresh, own=True, certificate=certified(authorities.devices, serial)).due - NOW) / timedelta(days=1)
        for serial in range(1, 200)
    ]
    assert all(51 <= days <= 69 for days in moments)
    assert min(moments) < 53
    assert max(moments) > 67
    assert 58 < sum(moments) / len(moments) < 62


def test_a_preloaded_pair_is_due_at_once(fresh: Credential, authorities: Authorities) -> None:
    assert replace(fresh, certificate=certified(authorities.devices, 1)).due == NOW
