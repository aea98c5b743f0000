"""Iskraemeco MT175: three phases, SML, speaks unasked every one to two seconds."""

from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER, Layout, Meter, Reading, hookimpl


class IskraMT175(Meter):
    """An MT175 and an MT681 send alike in every detail; only the name plate tells them apart."""

    model = "MT175"
    vendor = "Iskraemeco"
    name = "Iskraemeco MT175"
    locked = frozenset({ENERGY_IN, ENERGY_OUT})
    unlocked = locked | {POWER}

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "ISK" and reading.layout is Layout.EDL


@hookimpl
def meters() -> list[type[Meter]]:
    return [IskraMT175]
