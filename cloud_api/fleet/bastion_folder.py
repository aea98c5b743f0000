"""What is carried to a bastion: its settings, its key, the authorities it believes, and the two programs it runs."""

import re
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.errors import SetupError
from cloud_api.files import make_private, write_private
from cloud_api.fleet.bastions import OPERATOR_ACCOUNT, TUNNEL_ACCOUNT, Bastion
from cloud_api.pki.ssh import SshAuthorities, private_text, public_text
from cloud_api.pki.ssh_certificates import BASTION_LIFE, LEASE_LIFE, host_certificate

TEMPLATES = files("cloud_api.fleet").joinpath("bastion")
PLACE = Path("/etc/zaehlwerk-bastion")
PUBLIC, PROGRAM = 0o644, 0o755
MODES = {"principals": PROGRAM, "keep": PROGRAM, "install": PROGRAM}
GRACE = 900
"""Seconds for which a session may outlast the longest lease, before it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a bastion asks the cloud which leases were denied."""

    url: str
    ca: bytes
    secret: str


def write(
    out: Path, bastion: Bastion, authorities: SshAuthorities, asking: Asking, *, place: Path, now: datetime
) -> None:
    """Write the folder, with a host key made for this bastion. Raises SetupError where it cannot be written."""
    key = Ed25519PrivateKey.generate()
    certified = host_certificate(authorities.hosts, key.public_key(), bastion.host, now=now, life=BASTION_LIFE)
    meanings = {
        "PLACE": str(place),
        "PORT": str(bastion.port),
        "TUNNEL": TUNNEL_ACCOUNT,
        "OPERATOR": OPERATOR_ACCOUNT,
        "CLOUD": asking.url,
        "OLDEST": str(int(LEASE_LIFE.total_seconds()) + GRACE),
    }
    try:
        make_private(out)
        for template in TEMPLATES.iterdir():
            text = re.sub(r"@([A-Z]+)@", lambda match: meanings[match[1]], template.read_text(encoding="utf-8"))
            _put(out / template.name, text, mode=MODES.get(template.name, PUBLIC))
        _put(out / "tunnel.pub", f"{public_text(authorities.tunnel.public_key())}\n")
        _put(out / "operators.pub", f"{public_text(authorities.operators.public_key())}\n")
        _put(out / "denied", "")
        _put(out / "host_ed25519-cert.pub", f"{certified}\n")
        _put(out / "ca.pem", asking.ca.decode())
        write_private(out / "host_ed25519", private_text(key))
        write_private(out / "authorization", f"Authorization: Bearer {asking.secret}\n".encode())
    except OSError as error:
        raise SetupError(f"{out}: cannot be written ({error.strerror})") from error


def _put(file: Path, text: str, *, mode: int = PUBLIC) -> None:
    write_private(file, text.encode())
    file.chmod(mode)
