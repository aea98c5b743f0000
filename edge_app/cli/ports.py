"""The port and the plugins that a command was given."""

from argparse import Namespace

from edge_app import config
from edge_app.errors import ConfigError
from edge_app.metering.plugins.catalogue import Catalogue, load
from edge_app.metering.probe.probe import Port


def port(given: Namespace, *, silence: float = 30.0) -> Port:
    """The port as named on the command line, taken for lost after so many seconds of silence."""
    return Port(url=given.port, driver=given.driver, silence=silence)


def catalogue(given: Namespace) -> Catalogue:
    """All models that are installed, and those of the configuration's plugin folder where there is a configuration."""
    try:
        folder = config.load(given.config).plugins.folder
    except ConfigError:
        folder = given.config / "plugins"
    return load(folder)
