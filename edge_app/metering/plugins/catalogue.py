"""The catalogue: every plugin and its meter models, found through entry points and in a folder of single files."""

import importlib.util
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from itertools import chain
from pathlib import Path
from types import ModuleType

import pluggy

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.meter import Meter
from edge_app.metering.plugins import hookspecs
from edge_app.model.reading import Reading

logger = logging.getLogger(__name__)

GROUP = "edge_app.meters"
MODEL_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One plugin that was found and can be used."""

    name: str
    """What its table in the settings and its pages are called."""
    origin: str
    """Where it comes from, as people are told."""
    manager: pluggy.PluginManager
    """Knows the plugin alone, so that its faults are told apart from those of others."""


@dataclass(slots=True, kw_only=True)
class Catalogue:
    """The plugins, their models by number, and those that could not be used, each with the reason."""

    plugins: list[Plugin] = field(default_factory=list)

    models: dict[str, type[Meter]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """Which plugin brought a model."""
    failed: dict[str, str] = field(default_factory=dict)
    """Plugins that could not be used, by name, with the reason."""

    def meter(self, model: str) -> Meter:
        """One meter of a model. Raises ConfigError with those that there are."""
        if model not in self.models:
            raise ConfigError(f"no meter model is called {model!r} (installed: {', '.join(sorted(self.models))})")
        return self.models[model]()

    def miss(self, model: str) -> None:
        """Name a model that is set and that no plugin brings, beside the plugins that could not be used."""
        if model not in self.failed:
            self.failed[model] = f"no plugin brings this model (installed: {', '.join(sorted(self.models))})"
            logger.warning("%s: %s; its meters are not read", model, self.failed[model])

    def candidates(self, reading: Reading) -> list[Meter]:
        """The models that may have sent a telegram; those that send alike are all there, by number."""
        return [meter for meter in map(self.meter, sorted(self.models)) if meter.recognises(reading)]

    def take(self, plugin: Plugin) -> None:
        """Take in a plugin with its models. Raises PluginError when it breaks the contract; then nothing is taken."""
        for other in self.plugins:
            if other.name == plugin.name:
                raise PluginError(f"{plugin.origin} has the name of {other.origin}, which was there before")
        self.add(plugin.origin, chain.from_iterable(plugin.manager.hook.meters()))
        self.plugins.append(plugin)

    def add(self, plugin: str, models: Iterable[type[Meter]]) -> None:
        """Take in the models of a plugin: all of them or, when one breaks the contract, none. Raises PluginError."""
        taken = list(models)
        for model in taken:
            _check(plugin, model)
            if model.model in self.models:
                raise PluginError(
                    f"{plugin} brings {model.model}, which {self.origins[model.model]} has brought already"
                )
        for model in taken:
            self.models[model.model] = model
            self.origins[model.model] = plugin


def load(folder: Path | None = None) -> Catalogue:
    """Find all plugins. One that fails is named in the catalogue, with its reason, and the others are there.

    Those that are installed come before those of the folder, each by name: of two for one model the first one stays.
    """
    catalogue = Catalogue()
    for name, origin, bring in [*_installed(), *_dropped_in(folder)]:
        _take_in(catalogue, name, origin, bring)
    return catalogue


def load_file(file: Path) -> Catalogue:
    """The plugin of one file, wherever it lies and whatever is installed."""
    catalogue = Catalogue()
    place = re.sub(r"\W", "_", str(file.resolve()))
    _take_in(catalogue, file.stem, file.name, partial(_import_file, file, f"zaehlwerk_lying_at_{place}"))
    return catalogue


def _take_in(catalogue: Catalogue, name: str, origin: str, bring: Callable[[], ModuleType]) -> None:
    manager = pluggy.PluginManager(hookspecs.NAMESPACE)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(bring(), name)
        manager.check_pending()
        catalogue.take(Plugin(name=name, origin=origin, manager=manager))
    except Exception as error:  # a plugin is other people's code: whatever it raises is its reason
        catalogue.failed[origin] = f"{type(error).__name__}: {error}"


def _installed() -> Iterator[tuple[str, str, partial[ModuleType]]]:
    points: list[EntryPoint] = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    for point in points:
        yield point.name, f"{point.name} ({point.dist.name if point.dist else point.value})", partial(point.load)


def _dropped_in(folder: Path | None) -> Iterator[tuple[str, str, partial[ModuleType]]]:
    for file in sorted(folder.glob("*.py")) if folder and folder.is_dir() else ():
        yield file.stem, file.name, partial(_import_file, file, f"zaehlwerk_dropped_in_{file.stem}")


def _import_file(file: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise PluginError(f"{file.name} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _check(plugin: str, model: type[Meter]) -> None:
    for wanted in ("model", "vendor", "name", "locked", "unlocked"):
        if not hasattr(model, wanted):
            raise PluginError(f"{plugin}: {model.__name__} does not say its {wanted}")
    if not MODEL_NUMBER.fullmatch(model.model):
        raise PluginError(f"{plugin}: {model.model!r} is no model number (expected {MODEL_NUMBER.pattern})")
    if len(model.lines) != len(model.protocols):
        raise PluginError(f"{plugin}: {model.model} needs one line for each of its protocols")
