"""Iskraemeco MT681: three phases, SML, speaks unasked every three to four seconds."""

from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER, Layout, Meter, Reading, hookimpl


class IskraMT681(Meter):
    """An MT681 and an MT175 send alike in every detail; only the name plate tells them apart."""

    model = "MT681"
    vendor = "Iskraemeco"
    name = "Iskraemeco MT681"
    locked = frozenset({ENERGY_IN, ENERGY_OUT})
    unlocked = locked | {POWER}

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "ISK" and reading.layout is Layout.EDL


@hookimpl
def meters() -> list[type[Meter]]:
    return [IskraMT681]
