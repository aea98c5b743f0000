"""What is carried to a bastion is sound: its scripts, its units, and its settings as sshd reads them."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.fleet import bastion_folder
from cloud_api.fleet.bastion_folder import Asking
from cloud_api.fleet.bastions import Bastion
from cloud_api.pki.ssh import SshAuthorities

SSHD = Path("/usr/sbin/sshd")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = SshAuthorities(
        tunnel=Ed25519PrivateKey.generate(),
        operators=Ed25519PrivateKey.generate(),
        hosts=Ed25519PrivateKey.generate(),
    )
    out = tmp_path / "bastion"
    asking = Asking(url="https://cloud.example.org:8444", ca=b"", secret="none")
    known = Bastion(host="bastion.example.org", port=2222)
    bastion_folder.write(out, known, keys, asking, place=out, now=datetime.now(UTC))
    return out


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
@pytest.mark.parametrize("name", ["principals", "keep", "install"])
def test_a_script_has_no_finding(folder: Path, name: str) -> None:
    done = run("shellcheck", folder / name)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_units_are_understood(folder: Path) -> None:
    units = sorted([*folder.glob("*.service"), *folder.glob("*.timer")])
    assert len(units) == 3
    for unit in units:
        unit.write_text(re.sub(r"^(Exec\w+)=/usr/sbin/sshd", r"\1=/bin/true", unit.read_text(), flags=re.MULTILINE))
    done = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not SSHD.exists(), reason="sshd is not installed")
@pytest.mark.parametrize(
    ("account", "directions"),
    [("zaehlwerk-tunnel", ("remote", "none", "any")), ("zaehlwerk-operator", ("local", "any", "none"))],
)
def test_sshd_reads_its_settings_as_they_are_meant(folder: Path, account: str, directions: tuple[str, ...]) -> None:
    Path("/run/sshd").mkdir(exist_ok=True)
    done = run(SSHD, "-T", "-f", folder / "sshd_config", "-C", f"user={account},host=x,addr=192.0.2.1")
    assert done.returncode == 0, done.stderr
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert (said["allowtcpforwarding"], said["permitopen"], said["permitlisten"]) == directions
    assert (said["maxsessions"], said["permittty"], said["gatewayports"]) == ("0", "no", "no")
    assert said["trustedusercakeys"].startswith(str(folder))


def test_nobody_is_told_anything_whose_key_id_is_none_of_ours(folder: Path) -> None:
    lease = "device=7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10 port=10217"
    ask = folder / "principals"
    assert run(ask, "zaehlwerk-tunnel", lease).stdout == (
        'restrict,port-forwarding,permitlisten="localhost:10217" device:7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10\n'
    )
    assert run(ask, "zaehlwerk-operator", f"operator {lease}").stdout == (
        'restrict,port-forwarding,permitopen="localhost:10217" device:7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10\n'
    )
    for account, said in (
        ("root", lease),
        ("zaehlwerk-tunnel", f"operator {lease}"),
        ("zaehlwerk-operator", lease),
        ("zaehlwerk-tunnel", f"{lease}\n{lease}"),
        ("zaehlwerk-tunnel", f'{lease}",permitopen="*:*'),
        ("zaehlwerk-tunnel", lease.replace("10217", "0")),
        ("zaehlwerk-tunnel", ""),
    ):
        assert run(ask, account, said).stdout == "", (account, said)
    (folder / "denied").write_text(f"{lease}\n")
    assert run(ask, "zaehlwerk-tunnel", lease).stdout == ""
    assert run(ask, "zaehlwerk-operator", f"operator {lease}").stdout == ""
