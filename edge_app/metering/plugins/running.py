"""The plugins while the service runs: what they are told and asked, and that a fault of one stays its own."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from edge_app.clock import Clock
from edge_app.config import PluginTables
from edge_app.metering.plugins.catalogue import Catalogue, Plugin
from edge_app.metering.plugins.contribution import Device
from edge_app.metering.table import Table

logger = logging.getLogger(__name__)


class Plugins:
    """Calls the hooks of every plugin of a catalogue; the catalogue comes to know those that fail."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._plugins = tuple(catalogue.plugins)
        self.failed = catalogue.failed
        """Those that could not be used or have had a fault, by name, with the reason."""

    def begin(self, tables: PluginTables, device: Device, clock: Clock) -> None:
        """Start those that the settings have a table for; a table for nobody is told."""
        for name in sorted(tables.content.keys() - {plugin.name for plugin in self._plugins}):
            logger.warning("%s: [plugin.%s] is for a plugin that is not there", tables.file, name)
        for plugin in self._plugins:
            if table := table_of(plugin, tables):
                with self.forgiving(plugin):
                    for part in plugin.manager.hook.begin(settings=table, device=device, clock=clock):
                        plugin.manager.register(part)
                        plugin.manager.check_pending()

    def tell(self, hook: str, **values: object) -> None:
        """Tell everybody of something that has happened."""
        for plugin in self._plugins:
            with self.forgiving(plugin):
                getattr(plugin.manager.hook, hook)(**values)

    def ask(self, hook: str) -> list[tuple[Plugin, Any]]:
        """What everybody brings, each with whom it is from."""
        answers = []
        for plugin in self._plugins:
            with self.forgiving(plugin):
                brought = [each for part in getattr(plugin.manager.hook, hook)() for each in part]
                answers += [(plugin, each) for each in brought]
        return answers

    async def run(self, plugin: Plugin, service: Callable[[], Awaitable[None]]) -> None:
        """Run a service of a plugin to its end."""
        with self.forgiving(plugin):
            await service()

    @contextmanager
    def forgiving(self, plugin: Plugin) -> Iterator[None]:
        """Let go by whatever a plugin raises."""
        try:
            yield
        except Exception as error:  # a plugin is other people's code: whatever it raises is its fault
            self.blame(plugin, error)

    def blame(self, plugin: Plugin, error: Exception) -> None:
        """Take note of a fault; the first one of a plugin is told, with its name."""
        if plugin.origin not in self.failed:
            self.failed[plugin.origin] = reason = f"{type(error).__name__}: {error}"
            logger.warning("plugin %s has a fault, what it does may be missing: %s", plugin.origin, reason)


def table_of(plugin: Plugin, tables: PluginTables) -> Table | None:
    """A plugin's own table of the settings; None where there is none."""
    if plugin.name not in tables.content:
        return None
    where = f"{tables.file}: [plugin.{plugin.name}]"
    return Table(tables.content[plugin.name], where=where, folder=tables.file.parent)
