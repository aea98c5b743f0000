"""MQTT: live values of the meters for Home Assistant, through a broker in the house. Off without `[plugin.mqtt]`."""

import importlib
from argparse import Namespace
from collections.abc import Sequence
from types import ModuleType

from edge_app.metering import Clock, Command, Device, PluginError, Table, hookimpl


@hookimpl
def begin(settings: Table, device: Device, clock: Clock) -> object:
    return _library("plugin").Mqtt(settings, device, clock)


@hookimpl
def commands() -> Sequence[Command]:
    return [Command(name="mqtt", help="Try whether the MQTT broker of the settings lets this device in.", run=_try)]


def _try(_given: Namespace, settings: Table | None) -> int:
    if settings is None:
        raise PluginError("edge.toml has no table [plugin.mqtt] that names a broker")
    print(_library("broker").try_once(settings))  # noqa: T201  # what a command says
    return 0


def _library(name: str) -> ModuleType:
    """What needs the extra `mqtt`, and is loaded only where MQTT is wanted."""
    try:
        return importlib.import_module(f"meter_plugins.home_assistant.{name}")
    except ModuleNotFoundError as error:
        raise PluginError(f"{error.name} is not installed (`pip install 'zaehlwerk[mqtt]'` brings it)") from error
