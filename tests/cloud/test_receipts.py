"""A receipt says what was agreed to, and whoever has the cloud's key can tell it from any other."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cloud_api.errors import SetupError
from cloud_api.privacy import receipts
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud
from tests.cloud.test_geodata import run

pytestmark = pytest.mark.both_databases

CONSENT = "/household/consent"
CONTRACT = ("state", "granted_at", "revoked_at", "text_version")


async def granted_receipt(home: Home) -> dict[str, Any]:
    _, answer = await ask(home.client, "POST", CONSENT)
    receipt: dict[str, Any] = answer["receipt"]
    return receipt


async def test_granting_and_revoking_are_answered_with_receipts(
    cloud: Cloud, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answer.json"
    for method in ("POST", "GET", "DELETE", "GET"):
        _, answer = await ask(home.client, method, CONSENT)
        statement = answer["receipt"]["statement"]
        assert statement["household"] == home.household["uuid"]
        assert {name: statement[name] for name in answer if name != "receipt"} | {
            "receipt": answer["receipt"]
        } == answer
        assert len(statement["text_sha256"]) == 64
        file.write_text(json.dumps(answer, indent=4))
        assert run("receipt", "verify", file, "--data", cloud.folder.path) == 0
        assert json.loads(capsys.readouterr().out) == statement


async def test_a_receipt_holds_nothing_personal(home: Home) -> None:
    text = json.dumps(await granted_receipt(home))
    assert home.household["participant"]["email"] not in text
    assert "Muster" not in text


async def test_a_receipt_is_known_without_its_answer(cloud: Cloud, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    receipt = await granted_receipt(home)
    file.write_text(json.dumps(receipt))
    assert receipts.verify(cloud.folder.pki, file) == receipt["statement"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"statement": {"state": "revoked"}}, "the signature does not fit"),
        ({"signature": "AAAA"}, "the signature does not fit"),
        ({"signature": "no base64"}, "no receipt"),
        ({"key": "0" * 16}, "another key"),
        ({"statement": None, "key": None, "signature": None}, "no receipt"),
    ],
)
async def test_a_receipt_that_is_not_as_it_was_signed_is_refused(
    cloud: Cloud, home: Home, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(await granted_receipt(home) | change))
    with pytest.raises(SetupError, match=reason):
        receipts.verify(cloud.folder.pki, file)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"receipt": 1}'])
async def test_what_is_no_receipt_is_refused(cloud: Cloud, tmp_path: Path, content: str) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(content)
    with pytest.raises(SetupError, match="no receipt"):
        receipts.verify(cloud.folder.pki, file)


async def test_a_file_that_is_not_there_is_named(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        receipts.verify(cloud.folder.pki, tmp_path / "nothing.json")


def test_without_a_key_init_is_named(tmp_path: Path) -> None:
    for use in (receipts.Signer.load, lambda folder: receipts.verify(folder, folder)):
        with pytest.raises(SetupError, match="cloud-api init"):
            use(tmp_path)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "receipt.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SetupError, match="no Ed25519 key"):
        receipts.Signer.load(tmp_path)


def test_the_key_is_made_once(tmp_path: Path) -> None:
    assert receipts.make(tmp_path)
    before = (tmp_path / "receipt.key").read_bytes()
    assert not receipts.make(tmp_path)
    assert (tmp_path / "receipt.key").read_bytes() == before
