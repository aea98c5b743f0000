"""A bundle: what a device is given before its first start, read as a whole and checked before any of it is used."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from edge_app import config
from edge_app.errors import BundleError, ConfigError
from edge_app.fleet import wifi
from edge_app.fleet.wifi import Wifi
from edge_app.metering.plugins import catalogue
from edge_app.sync.device import device_uuid
from edge_app.sync.pair import Pair
from edge_app.sync.tls import Tls

T = TypeVar("T")

KEY, CERTIFICATE, CA = "device.key", "device.pem", "ca.pem"
NEEDED = (KEY, CERTIFICATE, CA, config.FILE)
"""In the order in which they leave the bundle again: what is secret goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The files of a bundle that has no mistake."""

    folder: Path
    device: UUID
    files: dict[str, bytes]
    """What becomes the configuration folder."""
    wifi: Wifi | None
    operators: str | None
    """Public key of the authority of those who may come for service."""


def read(folder: Path) -> Bundle:
    """Read a bundle and check all of it. Raises BundleError with every mistake that there is."""
    missing = [f"{name}: is missing" for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise BundleError(missing)
    mistakes: list[str] = []

    def checked(check: Callable[[], T]) -> T | None:
        try:
            return check()
        except ConfigError as error:
            mistakes.append(str(error).replace(f"{folder}/", ""))
            return None

    device = checked(lambda: device_uuid(folder / CERTIFICATE))
    settings = checked(lambda: config.load(folder))
    network = checked(lambda: wifi.load(folder / wifi.FILE)) if (folder / wifi.FILE).exists() else None
    if settings:
        checked(Pair.of(settings.cloud).load)
        checked(lambda: Tls(settings.cloud))
        models = catalogue.load(settings.plugins.folder)
        for meter in settings.meter:
            checked(partial(models.meter, meter.model))
    if mistakes or device is None or settings is None:
        raise BundleError(list(dict.fromkeys(mistakes)))
    files = {name: (folder / name).read_bytes() for name in NEEDED}
    return Bundle(folder=folder, device=device, files=files, wifi=network, operators=settings.tunnel.operators)
