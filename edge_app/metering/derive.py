"""Registers that are worked out of others, where a meter does not show the one that is wanted."""

from dataclasses import replace

from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_AMOUNT, Obis
from edge_app.model.reading import Layout, Quantity, Reading

TARIFFS = {
    ENERGY_IN: (Obis("0100010801ff"), Obis("0100010802ff")),
    ENERGY_OUT: (Obis("0100020801ff"), Obis("0100020802ff")),
}
EXPORTING = {Layout.EDL: 0x20, Layout.SML_104: 0x800, Layout.MODE_D: 0x800}
"""The bit of the status word that is set while feeding in."""


def complete(reading: Reading) -> Reading:
    """Add the energy that is the sum of two tariffs, and the signed power of an amount and the status word."""
    for total, tariffs in TARIFFS.items():
        if total not in reading.registers and all(tariff in reading.registers for tariff in tariffs):
            energies = [reading.registers[tariff].value for tariff in tariffs]
            reading = with_register(reading, total, Quantity(value=sum(energies[1:], energies[0]), unit="kWh"), tariffs)
    amount, bit = reading.registers.get(POWER_AMOUNT), EXPORTING.get(reading.layout)
    if POWER not in reading.registers and amount and bit and reading.status is not None:
        signed = -amount.value if reading.status & bit else amount.value
        reading = with_register(reading, POWER, Quantity(value=signed, unit="kW"), (POWER_AMOUNT,))
    return reading


def with_register(reading: Reading, code: Obis, quantity: Quantity, sources: tuple[Obis, ...]) -> Reading:
    """Put beside the others a register that was worked out of some of them."""
    return replace(
        reading,
        registers={**reading.registers, code: quantity},
        sources={**reading.sources, code: sources},
    )
