"""Diagnostics: what an administrator is sent who asks for it, with nothing in it that is personal or secret."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from edge_app.clock import Clock, Synchrony
from edge_app.config import Config
from edge_app.fleet.doctor.examination import examine_within
from edge_app.fleet.doctor.finding import Finding
from edge_app.fleet.health import Health, health
from edge_app.fleet.scrub import Scrub, private_words
from edge_app.logs.recent import RECENT
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.store import Store
from edge_app.store.vault import Vault
from edge_app.sync.client import COMPONENTS

LIBRARIES = ("aiohttp", "cryptography", "msgspec", "serialx", "sqlite-utils", "zeroconf")


async def gathered(
    config: Config, *, store: Store, models: Catalogue, clock: Clock, synchrony: Synchrony
) -> Mapping[str, str]:
    """Texts by the names of their files: what the doctor finds, versions, figures of the store, the last log lines."""
    found = await examine_within(config, clock, synchrony)
    state: Health = await store.run(health, config)
    scrub = Scrub(await store.run(private_words, config, Vault.beside(config.store.database)))
    return {
        "doctor.json": _text([scrub.tree(_document(each)) for each in found]),
        "state.json": _text(scrub.tree(state.to_document())),
        "versions.json": _text({"components": COMPONENTS, "libraries": _libraries(), "plugins": _plugins(models)}),
        "log.jsonl": "".join(f"{json.dumps(scrub.tree(line), ensure_ascii=False)}\n" for line in RECENT.lines),
    }


def _document(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "subject": finding.subject or None,
        "verdict": finding.verdict,
        "found": finding.message,
        "values": {name: str(value) for name, value in finding.values.items()},
    }


def _libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def _plugins(models: Catalogue) -> dict[str, Sequence[str]]:
    """The plugins by where they come from, and the models that each brings."""
    return {
        plugin.origin: sorted(model for model, origin in models.origins.items() if origin == plugin.origin)
        for plugin in models.plugins
    }


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
