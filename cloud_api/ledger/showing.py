"""How the figure of completeness is written wherever people read it: on pages, in data cards, in reports."""

from decimal import ROUND_DOWN, Decimal

TENTH = Decimal("0.1")


def percent(share: float) -> Decimal:
    """A share in percent, to a tenth; rounded down, so that 100 is said of all alone."""
    return (100 * Decimal(str(share))).quantize(TENTH, ROUND_DOWN)


def digits(share: float, point: str = ".") -> str:
    """The same in digits, with no tenth where it is none, and with the decimal point of a language."""
    return f"{percent(share):f}".removesuffix(".0").replace(".", point)
