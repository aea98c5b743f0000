"""Metering: from the light of a meter to a reading. What a plugin needs is found here, under one name."""

from edge_app.clock import Clock
from edge_app.errors import PluginError
from edge_app.metering import mode_d, sml
from edge_app.metering.derive import with_register
from edge_app.metering.meter import Meter, SerialLine
from edge_app.metering.plugins.contribution import Command, Device, Page
from edge_app.metering.plugins.hookspecs import hookimpl
from edge_app.metering.table import Table
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.incident import Incident
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_AMOUNT, POWER_IN, POWER_OUT, Obis
from edge_app.model.reading import Layout, Quantity, Reading
from edge_app.model.telegram import Telegram

__all__ = [
    "ENERGY_IN",
    "ENERGY_OUT",
    "POWER",
    "POWER_AMOUNT",
    "POWER_IN",
    "POWER_OUT",
    "Clock",
    "Command",
    "Consent",
    "ConsentState",
    "Device",
    "Incident",
    "Layout",
    "Measurement",
    "Meter",
    "Obis",
    "Page",
    "PluginError",
    "Quantity",
    "Reading",
    "SerialLine",
    "Table",
    "Telegram",
    "hookimpl",
    "mode_d",
    "sml",
    "with_register",
]
