"""EMH eHZ: one name for several generations, from the GW8 to the mMe4.0, all SML."""

from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER, Meter, Reading, hookimpl


class EmhEHZ(Meter):
    """Told by the maker's entry: some generations have server ids without it.

    An older one sends 15.7.0, the amount of power, and its direction in the status word; a GW8 sends the two tariffs
    and no total. Both are completed as for every meter.
    """

    model = "EHZ"
    vendor = "EMH metering"
    name = "EMH eHZ"
    locked = frozenset({ENERGY_IN, ENERGY_OUT})
    unlocked = locked | {POWER}

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "EMH"


@hookimpl
def meters() -> list[type[Meter]]:
    return [EmhEHZ]
