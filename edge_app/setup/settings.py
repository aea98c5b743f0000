"""The meters that a device reads: those of its settings, as a person in front of them has set them up since."""

from collections.abc import Sequence

import msgspec

from edge_app.config import MeterConfig
from edge_app.store.fittings import Fitting


def merged(configured: Sequence[MeterConfig], fitted: Sequence[Fitting]) -> tuple[MeterConfig, ...]:
    """Put the fittings over the settings: a fitting says model and port, and no other meter has its port."""
    by_meter = {fitting.meter: fitting for fitting in fitted}
    taken = {fitting.port for fitting in fitted}
    known = {each.uuid for each in configured}
    return (
        *(_over(each, by_meter.get(each.uuid), taken) for each in configured),
        *(MeterConfig(uuid=each.meter, model=each.model, port=each.port) for each in fitted if each.meter not in known),
    )


def _over(configured: MeterConfig, fitting: Fitting | None, taken: set[str]) -> MeterConfig:
    if fitting is None:
        port = None if configured.port in taken else configured.port
        return msgspec.structs.replace(configured, port=port)
    unlock = configured.unlock if fitting.model == configured.model else {}
    keep_alive = configured.keep_alive and fitting.model == configured.model
    return msgspec.structs.replace(
        configured, model=fitting.model, port=fitting.port, unlock=unlock, keep_alive=keep_alive
    )
