"""Keeping a PIN that has worked, so that the device enters it by itself when the meter has locked itself again."""

import sys
from pathlib import Path

from edge_app import config
from edge_app.clock import SystemClock
from edge_app.errors import ConfigError, EdgeError
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.unlocking import Result
from edge_app.store import Store, pins
from edge_app.store.vault import Vault


async def keep_pin(folder: Path, *, port: str, pin: Pin, result: Result) -> None:
    """Keep it for the meter that the settings have on this port; without such a meter nothing is kept.

    The meter is unlocked whatever becomes of this, so a failure is said and stops nothing.
    """
    try:
        settings = config.load(folder)
    except ConfigError:
        return
    for meter in settings.meter:
        if meter.port == port:
            try:
                vault = Vault.beside(settings.store.database)
                async with Store.open(settings.store.database) as store:
                    if result is Result.ALREADY:
                        await store.run(pins.keep, vault, meter.uuid, pin.text)
                    else:
                        at = SystemClock().now()
                        await store.run(pins.keep_proven, vault, meter.uuid, pin.text, result=result, at=at)
            except EdgeError as error:
                print(f"edge-app: the PIN could not be kept: {error}", file=sys.stderr)
            else:
                print("edge-app: the PIN is kept on this device, encrypted", file=sys.stderr)
