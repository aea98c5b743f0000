"""The bastions: which there are, and which of them a device goes to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from cloud_api.errors import SetupError
from cloud_api.files import write_private
from cloud_api.pki.ssh import SshAuthorities

TUNNEL_ACCOUNT, OPERATOR_ACCOUNT, SERVICE_ACCOUNT = "zaehlwerk-tunnel", "zaehlwerk-operator", "service"
"""On a bastion for devices and for operators, on a device for operators."""


class Bastion(msgspec.Struct, frozen=True, kw_only=True):
    """A bastion, by the name under which devices and operators reach it."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bastions:
    """What is noted of them in a file; a change is taken up with the next question."""

    file: Path

    def known(self) -> Sequence[Bastion]:
        """Raises SetupError where the file is none of ours."""
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=list[Bastion])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.DecodeError) as error:
            raise SetupError(f"{self.file}: cannot be read ({type(error).__name__})") from error

    def note(self, bastion: Bastion) -> None:
        """Add a bastion, or change its port."""
        self._write([*self._others(bastion.host), bastion])

    def forget(self, host: str) -> bool:
        """False where there was no such bastion."""
        others = self._others(host)
        found = len(others) < len(self.known())
        self._write(others)
        return found

    def of(self, device: UUID) -> Bastion | None:
        """The bastion of a device, by hash: where one is added or goes, only its own share of devices moves."""
        return max(self.known(), key=lambda each: _weight(each.host, device), default=None)

    def named(self, host: str) -> Bastion | None:
        return next((each for each in self.known() if each.host == host), None)

    def _others(self, host: str) -> list[Bastion]:
        return [each for each in self.known() if each.host != host]

    def _write(self, bastions: list[Bastion]) -> None:
        write_private(self.file, msgspec.json.format(msgspec.json.encode(bastions)) + b"\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnels:
    """What is needed to let somebody through a tunnel."""

    bastions: Bastions
    authorities: SshAuthorities


def _weight(host: str, device: UUID) -> bytes:
    return hashlib.sha256(device.bytes + host.encode()).digest()
