"""Leases of devices, sessions of operators, and what a bastion may ask."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    SSHCertificate,
    load_ssh_public_identity,
)

from cloud_api import cli
from cloud_api.access.shared_secrets import Group
from cloud_api.errors import SetupError
from cloud_api.fleet.bastions import Bastion, Bastions
from cloud_api.pki import ssh
from cloud_api.pki.ssh import SshAuthorities, private_text, public_key, public_text
from cloud_api.store import audit, devices, leases
from tests.cloud.asking import ask, code
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock

pytestmark = pytest.mark.both_databases

LEASE, DENIED = "/household/measurement_device/tunnel", "/management/tunnel/denied"
KEY, HOST_KEY = (public_text(Ed25519PrivateKey.generate().public_key()) for _ in range(2))
ASKED = {"key": KEY, "host_key": HOST_KEY}
HOST = "bastion.example.org"
OTHER = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = OTHER.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
ECDSA = OTHER.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def session_of(device: str) -> str:
    return f"/management/measurement_device/{device}/session"


def read(certificate: str) -> SSHCertificate:
    found = load_ssh_public_identity(certificate.encode())
    assert isinstance(found, SSHCertificate)
    found.verify_cert_signature()
    return found


@pytest.fixture
def bastions(cloud: Cloud) -> Bastions:
    """One bastion that the cloud knows."""
    known = Bastions(file=cloud.folder.bastions)
    known.note(Bastion(host=HOST, port=2222))
    return known


async def done_to(cloud: Cloud, home: Home) -> Sequence[tuple[str, str]]:
    async with cloud.database() as database, database.read() as connection:
        household = UUID(home.household["uuid"])
        return [(entry.who, entry.what) for entry in await audit.of_household(connection, household)]


async def test_a_lease_is_good_for_one_port_of_one_bastion_for_a_while(
    cloud: Cloud, home: Home, bastions: Bastions, clock: HandClock
) -> None:
    status, lease = await ask(home.client, "POST", LEASE, json=ASKED)
    assert status == 201
    authorities = SshAuthorities.load(cloud.folder.pki)
    assert lease["bastion"] == {
        "host": HOST,
        "port": 2222,
        "account": "zaehlwerk-tunnel",
        "authority": public_text(authorities.hosts.public_key()),
    }
    certificate = read(lease["certificate"])
    assert certificate.key_id.decode() == f"device={home.device} port={lease['port']}"
    assert certificate.valid_principals == [f"device:{home.device}".encode()]
    assert certificate.valid_before <= (clock.now() + timedelta(hours=8)).timestamp()
    assert certificate.extensions == {b"permit-port-forwarding": b""}
    assert public_text(certificate.signature_key()) == public_text(authorities.tunnel.public_key())  # type: ignore[arg-type]
    host = read(lease["host_certificate"])
    assert host.valid_principals == [home.device.encode()]
    assert public_text(host.public_key()) == HOST_KEY  # type: ignore[arg-type]
    assert public_text(host.signature_key()) == public_text(authorities.hosts.public_key())  # type: ignore[arg-type]
    assert [what for _, what in await done_to(cloud, home)].count("tunnel leased") == 1


async def test_each_lease_has_another_port_and_consent_is_not_asked_for(
    home: Home, bastions: Bastions, clock: HandClock
) -> None:
    ports = []
    for method in ("GET", "POST", "DELETE"):
        await ask(home.client, method, "/household/consent")
        clock.move(timedelta(minutes=1))
        ports.append((await ask(home.client, "POST", LEASE, json=ASKED))[1]["port"])
    assert ports == [10_000, 10_001, 10_002]


async def test_ports_come_back_after_all_others_and_never_while_they_are_leased(
    cloud: Cloud, home: Home, bastions: Bastions, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LAST_PORT", 10_002)
    for _ in range(3):
        assert (await ask(home.client, "POST", LEASE, json=ASKED))[0] == 201
        clock.move(timedelta(hours=2))
    assert await code(home.client, "POST", LEASE, json=ASKED) == (503, "unavailable")
    clock.move(timedelta(hours=3, minutes=1))
    assert (await ask(home.client, "POST", LEASE, json=ASKED))[1]["port"] == 10_000
    assert await code(home.client, "POST", LEASE, json=ASKED) == (503, "unavailable")


async def test_without_a_bastion_there_is_no_lease(home: Home) -> None:
    assert await code(home.client, "POST", LEASE, json=ASKED) == (404, "not-found")


@pytest.mark.parametrize("field", ["key", "host_key"])
async def test_a_key_that_is_none_is_named(home: Home, bastions: Bastions, field: str) -> None:
    for wrong in (KEY.removesuffix(KEY[-43:]) + "A" * 42, "ssh-ed25519 " + "A" * 68, KEY + " comment", "ssh-rsa AAAA"):
        status, said = await ask(home.client, "POST", LEASE, json=ASKED | {field: wrong})
        assert (status, [error["pointer"] for error in said["errors"]]) == (422, [f"/{field}"])


async def test_a_device_asks_no_more_often_than_it_may(home: Home, bastions: Bastions) -> None:
    for _ in range(60):
        assert (await ask(home.client, "POST", LEASE, json=ASKED))[0] == 201
    assert await code(home.client, "POST", LEASE, json=ASKED) == (429, "too-often")


async def test_an_operator_is_let_to_one_device_for_an_hour_and_named(
    cloud: Cloud, home: Home, bastions: Bastions, clock: HandClock
) -> None:
    await ask(home.client, "POST", LEASE, json=ASKED)
    clock.move(timedelta(minutes=5))
    port = (await ask(home.client, "POST", LEASE, json=ASKED))[1]["port"]
    async with cloud.people(Group.ADMINISTRATOR) as people:
        status, session = await ask(people, "POST", session_of(home.device), json={"name": "Grace", "key": KEY})
    assert status == 201
    assert (session["port"], session["host_key"], session["account"]) == (port, HOST_KEY, "service")
    assert session["bastion"]["account"] == "zaehlwerk-operator"
    certificate = read(session["certificate"])
    assert certificate.key_id.decode() == f"operator device={home.device} port={port}"
    assert certificate.valid_principals == [f"device:{home.device}".encode()]
    assert certificate.valid_before <= (clock.now() + timedelta(hours=1)).timestamp()
    assert ("administrator Grace", "service session opened") in await done_to(cloud, home)


async def test_there_is_no_way_to_a_device_whose_lease_has_ended_or_whose_bastion_is_gone(
    cloud: Cloud, home: Home, bastions: Bastions, clock: HandClock
) -> None:
    asked = {"name": "Grace", "key": KEY}
    async with cloud.people(Group.ADMINISTRATOR) as people:
        assert await code(people, "POST", session_of(home.device), json=asked) == (409, "fixed")
        await ask(home.client, "POST", LEASE, json=ASKED)
        assert (await ask(people, "POST", session_of(home.device), json=asked))[0] == 201
        clock.move(timedelta(hours=8, minutes=1))
        assert await code(people, "POST", session_of(home.device), json=asked) == (409, "fixed")
        await ask(home.client, "POST", LEASE, json=ASKED)
        assert bastions.forget(HOST)
        assert await code(people, "POST", session_of(home.device), json=asked) == (409, "fixed")
        assert await code(people, "POST", session_of(str(uuid4())), json=asked) == (404, "not-found")
        assert await code(people, "POST", session_of(home.device), json=asked | {"key": "A"}) == (422, "invalid-fields")


async def test_a_bastion_learns_which_leases_were_denied_and_nothing_else(
    cloud: Cloud, home: Home, bastions: Bastions, clock: HandClock
) -> None:
    await ask(home.client, "POST", LEASE, json=ASKED)
    async with cloud.people(Group.BASTION) as bastion:
        assert await ask(bastion, "GET", DENIED) == (200, {"denied": []})
        async with cloud.database() as database, database.write() as connection:
            await devices.deny(connection, UUID(home.device), at=clock.now())
            await leases.deny(connection, UUID(home.device), at=clock.now())
        assert await ask(bastion, "GET", DENIED) == (200, {"denied": [f"device={home.device} port=10000"]})
        assert await code(bastion, "GET", "/management/status") == (403, "forbidden")
    assert await code(home.client, "POST", LEASE, json=ASKED) == (403, "certificate-denied")


async def test_who_asks_for_a_session_in_vain_is_told_why(
    cloud: Cloud, home: Home, bastions: Bastions, capfd: pytest.CaptureFixture[str]
) -> None:
    async def told(*words: str) -> str:
        given = ["ssh", *words, "--data", str(cloud.folder.path), "--", "true"]
        assert await asyncio.to_thread(cli.main, given) == 1
        return capfd.readouterr().err.splitlines()[-1]

    assert await told(home.device) == "cloud-api: the tunnel of this device is closed"
    assert await told(str(uuid4())) == "cloud-api: there is no such device"
    assert (
        await told(home.device, "--name", "two\nlines")
        == "cloud-api: /name: Expected a text of one line, without blanks around it"
    )
    assert (await told(home.device, "--api", "https://localhost:1")).endswith("there is no answer")


class TestBastions:
    def test_a_device_moves_only_when_its_own_bastion_goes(self, tmp_path: Path) -> None:
        bastions = Bastions(file=tmp_path / "bastions.json")
        assert bastions.of(uuid4()) is None
        for number in range(4):
            bastions.note(Bastion(host=f"b{number}", port=22))
        devices = [uuid4() for _ in range(400)]
        before = {device: bastions.of(device) for device in devices}
        shares = [sum(each == bastion for each in before.values()) for bastion in bastions.known()]
        assert min(shares) > 50
        assert bastions.forget("b2")
        assert not bastions.forget("b2")
        moved = [device for device in devices if bastions.of(device) != before[device]]
        assert {getattr(before[device], "host", None) for device in moved} == {"b2"}

    def test_one_that_is_noted_again_has_the_new_port(self, tmp_path: Path) -> None:
        bastions = Bastions(file=tmp_path / "bastions.json")
        for port in (22, 2222):
            bastions.note(Bastion(host=HOST, port=port))
        assert bastions.known() == [Bastion(host=HOST, port=2222)]

    def test_a_file_that_is_none_of_ours_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "bastions.json").write_text("{")
        with pytest.raises(SetupError, match=r"bastions\.json"):
            Bastions(file=tmp_path / "bastions.json").known()


class TestCommands:
    def test_a_bastion_is_added_with_all_that_it_needs_and_removed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data, out = str(tmp_path / "data"), tmp_path / "bastion"
        assert cli.main(["init", "--data", data]) == 0
        assert cli.main(["bastion", "add", HOST, "--data", data, "--out", str(out), "--port", "22"]) == 0
        assert {file.name for file in out.iterdir()} >= {"sshd_config", "principals", "keep", "install", "denied"}
        assert not any("@PLACE@" in file.read_text() for file in out.iterdir())
        assert "Port 22\n" in (out / "sshd_config").read_text()
        assert {file.name for file in out.iterdir() if not file.stat().st_mode & 0o077} == {
            "host_ed25519",
            "authorization",
        }
        assert {file.name for file in out.iterdir() if file.stat().st_mode & 0o111} == {"principals", "keep", "install"}
        host = read((out / "host_ed25519-cert.pub").read_text())
        assert host.valid_principals == [HOST.encode()]
        assert cli.main(["bastion", "remove", HOST, "--data", data]) == 0
        assert cli.main(["bastion", "remove", HOST, "--data", data]) == 1
        assert capsys.readouterr().err == f"cloud-api: {HOST}: no bastion of this cloud\n"
        assert cli.main(["audit", "verify", "--data", data]) == 0
        assert capsys.readouterr().out.startswith("2 entries, whole")

    def test_what_stands_against_it_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = tmp_path / "data"
        assert cli.main(["init", "--data", str(data)]) == 0
        (tmp_path / "file").write_text("")
        add = ["bastion", "add", HOST, "--data", str(data), "--out"]
        assert cli.main([*add, str(tmp_path / "file" / "out")]) == 1
        assert "cannot be written" in capsys.readouterr().err
        (data / "secrets/bastion").unlink()
        assert cli.main([*add, str(tmp_path / "out")]) == 1
        assert "secret change bastion" in capsys.readouterr().err
        assert cli.main(["ssh", str(uuid4()), "--data", str(data), "--", "true"]) == 1
        assert "--api" in capsys.readouterr().err
        (data / "secrets/administrator").unlink()
        assert cli.main(["ssh", str(uuid4()), "--data", str(data), "--api", "https://localhost:1"]) == 1
        assert "cannot be read" in capsys.readouterr().err


class TestAuthorities:
    def test_each_is_made_once_and_no_two_are_alike(self, tmp_path: Path) -> None:
        names = (ssh.TUNNEL, ssh.OPERATORS, ssh.HOSTS)
        assert [ssh.make(tmp_path, name) for name in names] == [True] * 3
        assert [ssh.make(tmp_path, name) for name in names] == [False] * 3
        found = SshAuthorities.load(tmp_path)
        assert len({private_text(key) for key in (found.tunnel, found.operators, found.hosts)}) == 3
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in tmp_path.iterdir())

    @pytest.mark.parametrize("content", [b"", b"nonsense", OTHER_KEY])
    def test_one_that_is_missing_or_broken_is_named(self, tmp_path: Path, content: bytes) -> None:
        for name in (ssh.TUNNEL, ssh.OPERATORS, ssh.HOSTS):
            ssh.make(tmp_path, name)
        (tmp_path / "ssh-hosts.key").write_bytes(content)
        with pytest.raises(SetupError, match=r"ssh-hosts\.key"):
            SshAuthorities.load(tmp_path)

    @pytest.mark.parametrize("text", ["", "ssh-ed25519 AAAA", "nonsense nonsense", ECDSA])
    def test_a_text_that_is_no_key_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="Expected a"):
            public_key(text)
