"""A scenario: a TOML file that tells how a virtual meter's display is set and what goes wrong when.

[display]
zero = "pulse-only"

[[fault]]
kind = "turned"
at = 60
lasts = 300
share = 0.02
"""

from dataclasses import dataclass
from pathlib import Path

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.table import Table
from edge_app.simulator.display import USUAL, Setting, zero
from edge_app.simulator.faults import Fault, Kind

WITH_SHARE = frozenset({Kind.LOST, Kind.FLIPPED, Kind.DOUBLED, Kind.TURNED})
WITH_END = frozenset({Kind.TURNED, Kind.STALLED, Kind.POWER_CUT})
"""Faults whose end has to be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How one virtual meter fares."""

    setting: Setting = USUAL
    faults: tuple[Fault, ...] = ()


def load(file: Path) -> Scenario:
    """Read a scenario. Raises ConfigError with file, key and what was expected."""
    try:
        document = Table.load(file)
        setting = _setting(document.table("display")) if "display" in document else USUAL
        faults = tuple(_fault(each) for each in document.tables("fault"))
        document.close()
    except PluginError as error:
        raise ConfigError(str(error)) from None
    return Scenario(setting=setting, faults=faults)


def _setting(table: Table) -> Setting:
    taken = Setting(
        menu=table.text("menu") if "menu" in table else None,
        zero=zero(table) if "zero" in table else None,
        stays_open=table.flag("stays_open") if "stays_open" in table else None,
    )
    table.close()
    return taken


def _fault(table: Table) -> Fault:
    kind = Kind(table.one_of("kind", tuple(Kind)))
    taken = Fault(
        kind=kind,
        at=table.number("at"),
        lasts=table.number("lasts", least=0.001) if "lasts" in table or kind in WITH_END else float("inf"),
        share=table.number("share", most=1.0) if kind in WITH_SHARE else 0.0,
        energy=table.number("energy", 1.0) if kind is Kind.BACKWARDS else 0.0,
    )
    table.close()
    return taken
