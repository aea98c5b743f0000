"""What a plugin brings beside meters, and what it is told of the device that it runs on."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from edge_app.metering.meter import Meter
from edge_app.metering.table import Table

if TYPE_CHECKING:  # every command would wait for a web server that hardly any needs
    from aiohttp.web import AbstractRouteDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The measurement device, as its plugins know it."""

    uuid: UUID
    """Its uuid in the registration."""
    meters: Mapping[UUID, Meter]
    """The meters of the settings by their uuid, each as its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a plugin, listed on the start page of the device."""

    title: Mapping[str, str]
    """What its link says: German under `de`, English under `en`."""
    routes: "Sequence[AbstractRouteDef]"
    """aiohttp routes; their paths, and `path`, are understood below `/plugin/NAME`.

    A handler finds the reader's language, `de` or `en`, in `request[LANGUAGE]`, and in
    `request[FORM_TOKEN]` what each of its forms carries in a field `form_token` (`edge_app.metering.plugins.reader`).
    """
    path: str = "/"
    """Where the link leads."""

    def __post_init__(self) -> None:
        if not {"de", "en"} <= self.title.keys():
            raise ValueError("the title of a page is said in German and English (expected the keys de and en)")


def _nothing(command: ArgumentParser) -> None:
    """Take no arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that `edge-app` offers beside its own."""

    name: str
    """The word that calls it."""
    help: str
    """A sentence on what it does."""
    run: Callable[[Namespace, Table | None], int]
    """Carries it out with its arguments and the plugin's own table of `edge.toml`, None where there is none.

    Returns the exit status; an EdgeError, such as PluginError, is told without a traceback.
    """
    add: Callable[[ArgumentParser], None] = field(default=_nothing)
    """Adds its arguments."""
