"""`edge-app models`: the meter models that are installed, and the plugins that could not be used."""

from argparse import Namespace

from edge_app.cli import output
from edge_app.cli.ports import catalogue


def run(given: Namespace) -> int:
    found = catalogue(given)
    for model in sorted(found.models):
        meter = found.meter(model)
        protocols = [protocol.name for protocol in meter.protocols]
        if given.json:
            output.print_json(
                {
                    "model": model,
                    "vendor": meter.vendor,
                    "name": meter.name,
                    "protocols": protocols,
                    "plugin": found.origins[model],
                }
            )
        else:
            print(f"{model:<8} {meter.name:<24} {', '.join(protocols):<8} {found.origins[model]}")
    for plugin, reason in found.failed.items():
        if given.json:
            output.print_json({"plugin": plugin, "error": reason})
        else:
            print(f"{plugin} could not be used: {reason}")
    return 0
