"""The commands that plugins bring; they are looked for only when the word is none of our own."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from edge_app import config
from edge_app.cli.arguments import COMMANDS
from edge_app.cli.ports import catalogue
from edge_app.errors import PluginError
from edge_app.metering.plugins.catalogue import Plugin
from edge_app.metering.plugins.contribution import Command
from edge_app.metering.plugins.running import Plugins, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A command, and the plugin that it is from."""

    plugin: Plugin
    command: Command

    def run(self, given: Namespace) -> int:
        folder: Path = given.config
        tables = config.load(folder).plugin if (folder / config.FILE).exists() else config.PluginTables({})
        return self.command.run(given, table_of(self.plugin, tables))


def brought(folder: Path) -> dict[str, Brought]:
    """What the plugins of a configuration bring, by the word that calls it."""
    plugins = Plugins(catalogue(Namespace(config=folder)))
    found: dict[str, Brought] = {}
    for plugin, command in plugins.ask("commands"):
        with plugins.forgiving(plugin):
            if command.name in COMMANDS or command.name in found:
                raise PluginError(f"there is a command called {command.name} already")
            command.add(ArgumentParser())  # a trial, before all others depend on it
            found[command.name] = Brought(plugin=plugin, command=command)
    return found
