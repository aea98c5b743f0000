"""EasyMeter Q3A and Q3B (SML) and Q3D (mode D)."""

from edge_app.metering import (
    ENERGY_IN,
    ENERGY_OUT,
    POWER,
    POWER_IN,
    Layout,
    Meter,
    Obis,
    Reading,
    SerialLine,
    Telegram,
    hookimpl,
    mode_d,
    sml,
    with_register,
)

POWER_OF_EARLY_Q3D = Obis.parse("1-0:1.7.255")
"""How firmware V3.02 and V3.03 of the Q3D writes 1.7.0."""


class EasyMeter(Meter):
    """A Q3D writes its signed power as 1.7.0, or 1.7.255: it goes negative while feeding in, so it is 16.7.0."""

    model = "EASY"
    vendor = "EasyMeter"
    name = "EasyMeter Q3"
    protocols = (sml, mode_d)
    lines = (SerialLine(), SerialLine(bytesize=7, parity="E"))
    locked = frozenset({ENERGY_IN, ENERGY_OUT})
    unlocked = locked | {POWER}

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "ESY"

    def read(self, telegram: Telegram) -> Reading:
        reading = super().read(telegram)
        for sent in (POWER_IN, POWER_OF_EARLY_Q3D):
            if reading.layout is Layout.MODE_D and sent in reading.registers and POWER not in reading.registers:
                return with_register(reading, POWER, reading.registers[sent], (sent,))
        return reading


@hookimpl
def meters() -> list[type[Meter]]:
    return [EasyMeter]
