"""Puts the pages of the reference beside those that are written by hand."""

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from reference import commands, data_api, plugins, settings

from cloud_api import cli as cloud_cli
from cloud_api.monitoring.settings import Monitoring
from edge_app import cli as edge_cli
from edge_app.config import Config
from meter_plugins import mqtt

OPENAPI = Path(__file__).parent.parent / "cloud_api" / "openapi.json"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Make the pages, each time the site is built."""
    brought = {command.name: (command.help, command.add) for command in mqtt.commands()}
    pages = {
        "settings": settings.page(Config),
        "cloud-settings": settings.monitoring(Monitoring),
        "commands": commands.page([edge_cli.parser(brought), cloud_cli.parser()]),
        "data-api": data_api.page(json.loads(OPENAPI.read_text(encoding="utf-8"))),
        "hooks": plugins.page(),
    }
    for name, lines in pages.items():
        files.append(File.generated(config, f"reference/{name}.md", content="\n".join(lines) + "\n"))
    return files
