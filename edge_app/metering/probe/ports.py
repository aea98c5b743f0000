"""The serial ports of this machine, by the names that stay."""

from dataclasses import dataclass
from pathlib import Path

import serialx

BY_PATH = Path("/dev/serial/by-path")
"""Names by the socket that an adapter is plugged into; two adapters may share a serial number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPort:
    """One port that was found."""

    name: str
    """The name that stays while the adapter is in its socket."""
    device: str
    """What the kernel calls it today."""
    product: str | None
    manufacturer: str | None
    serial_number: str | None

    @property
    def adapter(self) -> str:
        """Who made it and what it is, as far as it says."""
        return f"{self.manufacturer or ''} {self.product or ''}".strip()


def serial_ports() -> list[SerialPort]:
    """All that there are now, in the order of the kernel's names."""
    stable = {link.resolve(): link for link in sorted(BY_PATH.iterdir())} if BY_PATH.is_dir() else {}
    return [
        SerialPort(
            name=str(stable.get(Path(port.resolved_device), Path(port.device))),
            device=port.resolved_device,
            product=port.product,
            manufacturer=port.manufacturer,
            serial_number=port.serial_number,
        )
        for port in sorted(serialx.list_serial_ports(), key=lambda port: port.device)
    ]
