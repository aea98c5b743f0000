"""The way to a device: the files by which ssh goes through the bastion to one device, and believes nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api import wire
from cloud_api.files import write_private
from cloud_api.pki.ssh import private_text

BASTION, DEVICE = "bastion", "device"
"""What the two hosts are called in the settings of ssh."""
SETTINGS = """\
Host {BASTION}
    HostName {host}
    Port {port}
    User {operator}
    HostKeyAlias {host}
Host {DEVICE}
    HostName localhost
    Port {leased}
    User {service}
    HostKeyAlias {device}
    ProxyCommand ssh -F {folder}/config -W localhost:{leased} {BASTION}
Host *
    IdentityFile {folder}/key
    CertificateFile {folder}/key-cert.pub
    UserKnownHostsFile {folder}/hosts
    GlobalKnownHostsFile /dev/null
    HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com
    StrictHostKeyChecking yes
    UpdateHostKeys no
    IdentitiesOnly yes
    IdentityAgent none
    PreferredAuthentications publickey
    BatchMode yes
    ForwardAgent no
    ConnectTimeout 20
    ServerAliveInterval 15
    LogLevel INFO
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A session that was opened, its key, and where that lies as long as it is used."""

    session: wire.ServiceSession
    key: Path
    certificate: Path
    settings: Path

    @property
    def through_the_bastion(self) -> list[str]:
        """A command whose input and output are a connection to the device's SSH server."""
        return ["ssh", "-F", str(self.settings), "-W", f"localhost:{self.session.port}", BASTION]

    def to_the_device(self, command: list[str]) -> list[str]:
        """A command that opens a shell on the device, or does one thing there."""
        return ["ssh", "-F", str(self.settings), DEVICE, *command]


@contextmanager
def laid(session: wire.ServiceSession, key: Ed25519PrivateKey) -> Iterator[Way]:
    """The way, as long as the block lasts; then its key is gone."""
    bastion = session.bastion
    with TemporaryDirectory(prefix="cloud-api-ssh-") as made:
        folder = Path(made)
        way = Way(session=session, key=folder / "key", certificate=folder / "key-cert.pub", settings=folder / "config")
        names = f"{bastion.host},[{bastion.host}]:{bastion.port},{session.device}"
        text = SETTINGS.format(
            BASTION=BASTION,
            DEVICE=DEVICE,
            host=bastion.host,
            port=bastion.port,
            operator=bastion.account,
            leased=session.port,
            service=session.account,
            device=session.device,
            folder=folder,
        )
        write_private(way.key, private_text(key))
        write_private(way.certificate, f"{session.certificate}\n".encode())
        write_private(folder / "hosts", f"@cert-authority {names} {bastion.authority}\n".encode())
        write_private(way.settings, text.encode())
        yield way
