"""A bundle becomes the configuration of a device, whatever is wrong with it and whenever power fails."""

import asyncio
import itertools
import shutil
import stat
from pathlib import Path

import pytest

from edge_app import cli, config
from edge_app.errors import BundleError, ConfigError
from edge_app.fleet import bundle
from edge_app.fleet import enrol as enrolling
from edge_app.fleet.bundle import NEEDED
from edge_app.fleet.enrol import NOTE, Machine, enrol
from edge_app.sync.device import device_uuid
from tests.cloud.running import running_cloud

WIFI = 'ssid = "Haus; am See"\npassphrase = "ganz geheim 123"\n'


@pytest.fixture(scope="module")
def provisioned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle as the cloud makes it."""

    async def provision(folder: Path) -> Path:
        async with running_cloud(folder / "cloud") as cloud:
            household = await cloud.add_household()
            return await cloud.provision(household["measurement_devices"][0]["uuid"], folder / "bundle")

    return asyncio.run(provision(tmp_path_factory.mktemp("provisioned")))


@pytest.fixture
def made(provisioned: Path, tmp_path: Path) -> Path:
    """The bundle on a boot partition."""
    return shutil.copytree(provisioned, tmp_path / "boot" / "zaehlwerk")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The files of a machine that enrolment touches."""
    root = tmp_path / "root"
    (root / "etc/NetworkManager/system-connections").mkdir(parents=True)
    (root / "etc/hostname").write_text("raspberrypi\n")
    (root / "etc/hosts").write_text("127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n")
    return root


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "etc/zaehlwerk"


def test_a_bundle_is_put_in_place_for_its_owner_alone_and_leaves_the_boot_partition(
    made: Path, root: Path, folder: Path
) -> None:
    content = {name: (made / name).read_bytes() for name in NEEDED}
    uuid = device_uuid(made / "device.pem")
    name = enrol(made, folder, Machine(root=root))
    assert name == f"zaehler-{uuid.hex[:8]}"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == content
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not made.exists()
    assert (root / "etc/hostname").read_text() == f"{name}\n"
    assert (root / "etc/hosts").read_text() == f"127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n"
    assert config.load(folder).meter


def test_root_alone_says_whom_the_ssh_server_lets_in(made: Path, root: Path, folder: Path) -> None:
    ssh = root / "var/durable/ssh"
    ssh.mkdir(parents=True)
    uuid = device_uuid(made / "device.pem")
    enrol(made, folder, Machine(root=root))
    operators = config.load(folder).tunnel.operators
    assert operators
    assert (ssh / "operators.pub").read_text() == f"{operators}\n"
    assert (ssh / "device").read_text() == f"{uuid}\n"
    assert {stat.S_IMODE(file.stat().st_mode) for file in ssh.iterdir()} == {0o644}


def test_a_wifi_becomes_a_connection_for_root_alone(made: Path, root: Path, folder: Path) -> None:
    (made / "wifi.toml").write_text(WIFI)
    enrol(made, folder, Machine(root=root))
    connection = root / "etc/NetworkManager/system-connections/zaehlwerk.nmconnection"
    assert stat.S_IMODE(connection.stat().st_mode) == 0o600
    text = connection.read_text()
    assert "ssid=" + "".join(f"{byte};" for byte in b"Haus; am See") + "\n" in text
    assert "psk=ganz\\sgeheim\\s123\n" in text
    assert not (folder / "wifi.toml").exists()


def test_a_host_name_may_stay(made: Path, root: Path, folder: Path) -> None:
    enrol(made, folder, Machine(root=root, keeps_name=True))
    assert (root / "etc/hostname").read_text() == "raspberrypi\n"


MISTAKES = {
    "device.key: is missing": lambda made: (made / "device.key").unlink(),
    "edge.toml, line 1: ": lambda made: (made / "edge.toml").write_text('[cloud]\nurl = "https://x"\nbatch = "many"\n'),
    "edge.toml: no TOML": lambda made: (made / "edge.toml").write_text("[cloud\n"),
    "device.pem: expected a device's certificate": lambda made: (made / "device.pem").write_text("PEM"),
    "device.pem, device.key: expected a certificate and its key": lambda made: (made / "device.key").write_text("KEY"),
    "ca.pem: expected an authority's certificate": lambda made: (made / "ca.pem").write_text("CA"),
    "XY": lambda made: (made / "edge.toml").write_text((made / "edge.toml").read_text().replace('"MT681"', '"XY"')),
    "wifi.toml: passphrase: expected 8 to 63": lambda made: (made / "wifi.toml").write_text(
        'ssid = "a"\npassphrase = "kurz"\n'
    ),
    "wifi.toml: ssid: expected 1 to 32": lambda made: (made / "wifi.toml").write_text(
        'ssid = ""\npassphrase = "12345678"\n'
    ),
    "wifi.toml: no TOML": lambda made: (made / "wifi.toml").write_text("ssid"),
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.rstrip(": "))
def test_a_mistake_stands_in_a_text_file_beside_the_bundle_and_nothing_is_touched(
    made: Path, root: Path, folder: Path, mistake: str
) -> None:
    MISTAKES[mistake](made)
    left = {file.name for file in made.iterdir()}
    with pytest.raises(BundleError):
        enrol(made, folder, Machine(root=root))
    note = (made / NOTE).read_bytes().decode()
    assert mistake.split(", line")[0] in note
    assert str(made) not in note
    assert note.count("\r\n") == note.count("\n") > 3
    assert not folder.exists()
    assert {file.name for file in made.iterdir()} == left | {NOTE}
    assert (root / "etc/hostname").read_text() == "raspberrypi\n"


def test_a_note_goes_once_the_mistake_is_mended(made: Path, root: Path, folder: Path) -> None:
    (made / "wifi.toml").write_text("ssid")
    with pytest.raises(BundleError):
        enrol(made, folder, Machine(root=root))
    (made / "wifi.toml").write_text(WIFI)
    assert enrol(made, folder, Machine(root=root))
    assert not made.exists()


def test_what_else_lies_in_the_folder_stays(made: Path, root: Path, folder: Path) -> None:
    (made / "notes.txt").write_text("mine")
    enrol(made, folder, Machine(root=root))
    assert [file.name for file in made.iterdir()] == ["notes.txt"]


async def test_another_device_s_bundle_is_refused_and_the_own_one_may_come_again(
    tmp_path: Path, root: Path, folder: Path
) -> None:
    async with running_cloud(tmp_path / "cloud") as cloud:
        first, second = await cloud.add_household(), await cloud.add_household()
        for household in (first, first):
            device = household["measurement_devices"][0]["uuid"]
            enrol(await cloud.provision(device, tmp_path / "one"), folder, Machine(root=root))
        other = await cloud.provision(second["measurement_devices"][0]["uuid"], tmp_path / "other")
    with pytest.raises(BundleError, match="another device"):
        enrol(other, folder, Machine(root=root))
    assert str(device_uuid(folder / "device.pem")) == first["measurement_devices"][0]["uuid"]


class PowerCut(BaseException):
    """Nothing runs after it."""


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Power fails before the synchronisation whose number stands first in this list."""
    at = [0]
    count = itertools.count(1)
    sync = enrolling.os.fsync

    def fsync(descriptor: int) -> None:
        if next(count) == at[0]:
            raise PowerCut
        sync(descriptor)

    monkeypatch.setattr(enrolling.os, "fsync", fsync)
    return at


@pytest.mark.parametrize("moment", range(1, 36))
def test_a_power_cut_at_any_write_leaves_a_device_that_enrols_at_the_next_start(
    made: Path, root: Path, folder: Path, cuts: list[int], moment: int
) -> None:
    (made / "wifi.toml").write_text(WIFI)
    content = {name: (made / name).read_bytes() for name in NEEDED}
    cuts[0] = moment
    try:
        enrol(made, folder, Machine(root=root))
    except PowerCut:
        cuts[0] = 0
        if any((made / name).exists() for name in NEEDED):
            enrol(made, folder, Machine(root=root))
    assert {name: (folder / name).read_bytes() for name in NEEDED} == content
    assert not any((made / name).exists() for name in NEEDED)
    assert (root / "etc/hostname").read_text().startswith("zaehler-")


def test_the_command_says_what_it_did(made: Path, root: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", str(folder), "enrol", str(made), "--root", str(root)]) == 0
    assert "in place" in capsys.readouterr().out


def test_the_command_wants_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", str(tmp_path / "c"), "enrol", str(tmp_path / "nothing")]) == 2
    assert "no folder of a bundle" in capsys.readouterr().err


def test_a_system_without_networkmanager_is_told_so(made: Path, root: Path, folder: Path) -> None:
    (made / "wifi.toml").write_text(WIFI)
    shutil.rmtree(root / "etc/NetworkManager")
    with pytest.raises(ConfigError, match="system-connections: cannot be set up"):
        enrol(made, folder, Machine(root=root))
    assert set(bundle.NEEDED) <= {file.name for file in made.iterdir()}
