"""The commands, as whoever sets up a cloud gives them."""

import json
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tomllib
from argparse import Namespace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from sqlalchemy.exc import OperationalError

from cloud_api.cli import main
from cloud_api.commands import service as commands
from cloud_api.folder.bundle import settings
from cloud_api.folder.layout import DataFolder, Listener, Listening
from cloud_api.wire import Meter
from tests.cloud.asking import NOBODY, UPLOAD, ask, measured
from tests.cloud.running import cloud_process, draft, session

COMMAND = (sys.executable, "-m", "cloud_api")


def give(*arguments: object, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False, **how
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that `init` has made."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CLOUD_API_DATA", str(folder))
    assert main(["init"]) == 0
    return folder


@pytest.fixture
def household(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """A household that `household add` has registered in it."""
    file = tmp_path / "household.json"
    file.write_text(json.dumps(draft()))
    capsys.readouterr()
    assert main(["household", "add", str(file)]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


async def test_from_nothing_to_the_first_measurement(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "bundle"
    file = tmp_path / "household.json"
    file.write_text(json.dumps(draft()))
    assert give("init", "--data", data).returncode == 0
    added = give("household", "add", file, "--data", data)
    assert (added.returncode, added.stderr) == (0, "")
    document = json.loads(added.stdout)
    device, meter = document["measurement_devices"][0]["uuid"], document["meters"][0]["uuid"]
    async with cloud_process(data) as (process, listening):
        port = "socket://localhost:7001"
        provisioned = give("device", "provision", device, "--out", out, "--data", data, "--port", f"{meter}={port}")
        assert provisioned.returncode == 0, provisioned.stderr
        url = f"https://localhost:{listening.device.port}"
        written = tomllib.loads((out / "edge.toml").read_text())
        codes = written.pop("pages")
        assert all(code.startswith("$argon2id$") for code in codes.values())
        assert codes.keys() == {"participant_code", "installer_code"}
        assert written.pop("tunnel")["operators"].startswith("ssh-ed25519 ")
        assert written == {
            "cloud": {"url": url, "certificate": "device.pem", "key": "device.key", "ca": "ca.pem"},
            "meter": [
                {"uuid": meter, "model": "MT681", "port": port},
                {"uuid": document["meters"][1]["uuid"], "model": "EHZ"},
            ],
        }
        async with session(url, out / "ca.pem", out) as client:
            assert (await ask(client, "POST", "/household/consent"))[0] == 201
            body = measured(meter, "2026-11-24T10:15:02.118Z")
            assert await ask(client, "POST", UPLOAD, json=body) == (200, {"stored": 1, "duplicates": 0})
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


def test_everything_made_is_for_its_owner_alone(data: Path, household: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    assert main(["device", "provision", household["measurement_devices"][0]["uuid"], "--out", str(out)]) == 0
    for folder in (data, data / "pki", data / "secrets", out):
        assert mode(folder) == 0o700, folder
        for file in folder.iterdir():
            assert file.is_dir() or mode(file) == 0o600, file
    assert {file.name for file in out.iterdir()} == {"device.pem", "device.key", "ca.pem", "edge.toml"}


def test_init_again_keeps_everything_and_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    before = {
        file: file.read_bytes() for file in data.rglob("*") if file.suffix in {"", ".pem", ".key"} and file.is_file()
    }
    assert main(["init"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len([line for line in said if line.endswith(": kept")]) == 14
    assert {file: file.read_bytes() for file in before} == before


def test_a_further_name_makes_a_new_certificate_that_keeps_the_old_names(data: Path) -> None:
    root = (data / "ca.pem").read_bytes()
    for name in ("cloud.example.org", "192.0.2.7"):
        assert main(["init", "--name", name]) == 0
    certificate = x509.load_pem_x509_certificate((data / "pki" / "server.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {
        *("localhost", "127.0.0.1", "::1", socket.gethostname()),
        *("cloud.example.org", "192.0.2.7"),
    }
    assert (data / "ca.pem").read_bytes() == root


def test_a_shared_secret_is_long_and_recognisable(data: Path) -> None:
    secrets = [(data / "secrets" / group).read_text() for group in ("researcher", "administrator")]
    assert secrets[0].startswith("zaehlwerk-researcher-")
    assert secrets[1].startswith("zaehlwerk-administrator-")
    assert all(len(secret.rpartition("-")[2]) <= 43 <= len(secret) - 20 for secret in secrets)
    assert secrets[0] == secrets[0].strip()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "https://localhost:8443"),
        ("::1", "https://localhost:8443"),
        ("0.0.0.0", f"https://{socket.gethostname()}:8443"),
        ("::", f"https://{socket.gethostname()}:8443"),
        ("192.0.2.7", "https://192.0.2.7:8443"),
        ("2001:db8::7", "https://[2001:db8::7]:8443"),
        ("cloud.example.org", "https://cloud.example.org:8443"),
        (None, "https://localhost:8443"),
    ],
)
def test_a_bundle_knows_where_the_service_listens(
    data: Path, household: dict[str, Any], tmp_path: Path, host: str | None, url: str
) -> None:
    if host:
        listener = Listener(host=host, port=8443)
        Listening(device=listener, pages=listener).note(DataFolder(data))
    assert main(["device", "provision", household["measurement_devices"][0]["uuid"], "--out", str(tmp_path)]) == 0
    assert tomllib.loads((tmp_path / "edge.toml").read_text())["cloud"]["url"] == url


def test_an_address_that_is_given_wins(data: Path, household: dict[str, Any], tmp_path: Path) -> None:
    device = household["measurement_devices"][0]["uuid"]
    url = "https://cloud.example.org:443"
    assert main(["device", "provision", device, "--out", str(tmp_path), "--url", f"{url}/"]) == 0
    assert tomllib.loads((tmp_path / "edge.toml").read_text())["cloud"]["url"] == url


def test_any_text_makes_valid_settings() -> None:
    texts = ['"', "\\", "\x7f", "\x00\n\t", "Zählwerk 'é'", "]\n[x]", "\u2028"]
    sort: dict[str, Any] = {"type": "ELECTRICITY", "model_number": "MT681", "model_known": True}
    meters = [Meter(uuid=uuid4(), measurement_device=uuid4(), **sort) for _ in texts]
    ports = {meter.uuid: text for meter, text in zip(meters, texts, strict=True)}
    read = tomllib.loads(
        settings("https://localhost:8443", meters, ports, participant="p", installer="i", operators="o")
    )
    assert [meter["port"] for meter in read["meter"]] == texts


def test_the_document_is_read_from_standard_input_too(data: Path) -> None:
    added = give("household", "add", "-", "--data", data, input=json.dumps(draft()))
    assert json.loads(added.stdout)["participant"]["name"] == "Erika Mustermann"


def test_another_database_than_the_folder_s_can_be_used(data: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    assert main(["migrate", "--database", url]) == 0
    assert (tmp_path / "other.db").stat().st_size > 0


def test_the_openapi_document_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out)["openapi"] == "3.1.0"


@pytest.mark.parametrize("command", ["run", "migrate", "household add x.json", f"device provision {NOBODY} --out x"])
def test_without_a_data_folder_the_way_out_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([*command.split(), "--data", str(tmp_path / "none")]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "cloud-api init" in said.err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that a command fails with."""
    capsys.readouterr()
    assert main(list(map(str, arguments))) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("cloud-api: ")
    assert said.err.count("\n") == 1
    return said.err


def test_a_household_that_does_not_fit_is_refused_by_its_fields(
    data: Path, household: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(draft(metadata={"children": -1})))
    assert "/metadata/children" in refusal(capsys, "household", "add", file)
    file.write_text(json.dumps(draft(participant={"name": "Max Muster", "email": "erika@example.org"})))
    assert "/participant/email" in refusal(capsys, "household", "add", file)
    file.write_text("{")
    assert "no JSON" in refusal(capsys, "household", "add", file)
    assert "cannot be read" in refusal(capsys, "household", "add", tmp_path)


def test_a_bundle_that_cannot_be_is_refused(
    data: Path, household: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    device = household["measurement_devices"][0]["uuid"]
    out = ("--out", tmp_path / "out")
    assert "no measurement device" in refusal(capsys, "device", "provision", uuid4(), *out)
    assert "no meter" in refusal(capsys, "device", "provision", device, *out, "--port", f"{uuid4()}=/dev/ttyUSB0")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refusal(capsys, "device", "provision", device, "--out", tmp_path / "file")
    assert not (tmp_path / "out").exists()


def test_a_damaged_data_folder_is_told(
    data: Path, household: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.db").write_bytes(b"this is no database, and long enough to be none" * 100)
    assert "cannot be used" in refusal(capsys, "migrate", "--database", f"sqlite:///{tmp_path / 'no.db'}")
    assert "not a database" in refusal(capsys, "migrate", "--database", "mysql://localhost/x")
    (data / "listening.json").write_text("{")
    device = household["measurement_devices"][0]["uuid"]
    assert "listening.json" in refusal(capsys, "device", "provision", device, "--out", tmp_path / "out")
    (tmp_path / "file").write_text("")
    assert "cannot be made" in refusal(capsys, "init", "--data", tmp_path / "file" / "data")
    assert "no name" in refusal(capsys, "init", "--name", "zählwerk.example")
    for file in ("researcher", "researcher.sha256"):
        (data / "secrets" / file).unlink()
    assert "secrets" in refusal(capsys, "run", "--port", "0", "--pages-port", "0")
    (data / "pki" / "server.key").write_text("none")
    assert "certificates" in refusal(capsys, "run", "--port", "0", "--pages-port", "0")
    for file in ("server-root.key", "server.pem"):
        (data / "pki" / file).unlink()
    assert "server-root" in refusal(capsys, "init")


def test_a_database_that_fails_in_between_is_told_without_a_value(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(_: Namespace) -> str:
        raise OperationalError("INSERT", {"email": "erika@example.org"}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(commands, "migrate", fail)
    assert refusal(capsys, "migrate") == "cloud-api: the database failed (OperationalError)\n"


def test_an_interrupted_command_says_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupt(_: Namespace) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "migrate", interrupt)
    assert main(["migrate"]) == 130


def test_without_a_word_the_data_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUD_API_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert (tmp_path / "cloud-data" / "ca.pem").exists()


def test_a_port_that_is_taken_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port}" in refusal(capsys, "run", "--port", "0", "--pages-port", port)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "fly",
        "household",
        "run --port 65536",
        "run --port http",
        "device provision x --out y",
        f"device provision {NOBODY}",
        f"device provision {NOBODY} --out x --url http://localhost",
        f"device provision {NOBODY} --out x --url https://localhost/path",
        f"device provision {NOBODY} --out x --url https://localhost:port",
        f"device provision {NOBODY} --out x --port /dev/ttyUSB0",
        f"device provision {NOBODY} --out x --port meter=/dev/ttyUSB0",
    ],
)
def test_wrong_usage_is_told_apart(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    assert "usage: cloud-api" in capsys.readouterr().err


async def test_ctrl_c_ends_the_service_cleanly(data: Path) -> None:
    async with cloud_process(data) as (process, _):
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


def test_a_reader_who_goes_away_is_no_error() -> None:
    process = subprocess.Popen([*COMMAND, "openapi"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    process.stdout.close()
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, b"")
