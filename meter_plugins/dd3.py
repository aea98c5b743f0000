"""eBZ DD3: SM types speak SML, OD types mode D; a telegram every second."""

from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER, Layout, Meter, Reading, SerialLine, hookimpl, mode_d, sml


class EbzDD3(Meter):
    """The types differ in protocol and line (eBZ, operating manual DD3, Rev. 02) and show the same registers."""

    model = "DD3"
    vendor = "eBZ"
    name = "eBZ DD3"
    protocols = (sml, mode_d)
    lines = (SerialLine(), SerialLine(bytesize=7, parity="E"))
    locked = frozenset({ENERGY_IN, ENERGY_OUT})
    unlocked = locked | {POWER}

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "EBZ" and reading.layout in (Layout.EDL, Layout.MODE_D)


@hookimpl
def meters() -> list[type[Meter]]:
    return [EbzDD3]
