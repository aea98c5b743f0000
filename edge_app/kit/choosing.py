"""Choosing what is judged: a model that is installed, a file with a plugin, a folder of them, or all that there are."""

from pathlib import Path

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.meter import Meter
from edge_app.metering.plugins.catalogue import Catalogue, load_file


def chosen(what: str | None, installed: Catalogue) -> list[type[Meter]]:
    """The models that somebody names, by number.

    Raises ConfigError for a name that is nobody's, and PluginError for a file that is no plugin.
    """
    models = {number: installed.models[number] for number in sorted(installed.models)}
    if what is None:
        return list(models.values())
    if what in models:
        return [models[what]]
    if not Path(what).exists():
        raise ConfigError(f"{what!r} is no model, file or folder (models: {', '.join(models)})")
    return at(Path(what))


def at(path: Path) -> list[type[Meter]]:
    """The models of a file, or of every file below a folder that has a profile beside it. Raises PluginError."""
    files = [path] if path.is_file() else sorted(f for f in path.rglob("*.py") if f.with_suffix(".toml").exists())
    found: dict[str, type[Meter]] = {}
    files_of: dict[str, str] = {}
    for file in files:
        catalogue = load_file(file)
        for origin, reason in catalogue.failed.items():
            raise PluginError(f"{origin} could not be used: {reason}")
        for number, model in catalogue.models.items():
            if number in found:
                raise PluginError(f"{file.name} brings {number}, which {files_of[number]} has brought already")
            found[number], files_of[number] = model, file.name
    if not found:
        raise PluginError(
            f"{path} brings no meter model (expected a class and, beside it, its profile of the same name, .toml)"
        )
    return [found[number] for number in sorted(found)]
