"""Units: energy becomes kWh and power kW, exactly; every other unit stays what the meter sends."""

from decimal import Decimal

from edge_app.model.reading import Quantity

SML_UNITS = {
    7: "s",
    8: "°",
    9: "°C",
    13: "m³",
    27: "W",
    28: "VA",
    29: "var",
    30: "Wh",
    31: "VAh",
    32: "varh",
    33: "A",
    35: "V",
    44: "Hz",
}
"""Numbers of units (IEC 62056-6-2, enumeration `unit`), those that a household's meter may send."""

_THOUSANDTHS = {"W": "kW", "Wh": "kWh"}


def to_quantity(number: Decimal, unit: str | None) -> Quantity:
    """Attach its unit to a number, watts and watt hours in thousands."""
    if unit in _THOUSANDTHS:
        return Quantity(value=_plain(number.scaleb(-3)), unit=_THOUSANDTHS[unit])
    return Quantity(value=_plain(number), unit=unit)


def _plain(number: Decimal) -> Decimal:
    """Write out the zeros of 5E+2, which would be no different number and a strange sight."""
    exponent = number.as_tuple().exponent
    return number.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else number
