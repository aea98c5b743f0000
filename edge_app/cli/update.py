"""`edge-app update`: look for a new version, try it, and keep it or give it up."""

import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_app import config, logs
from edge_app.cli import arguments
from edge_app.cli.output import print_json
from edge_app.fleet.update.checking import try_out
from edge_app.fleet.update.journal import Journal, journal_of
from edge_app.fleet.update.made import home, updater


def run(given: Namespace) -> int:
    if given.check:
        modules = ["edge_app.app", *(f"edge_app.cli.{command}" for command in arguments.COMMANDS)]
        try_out(modules, given.check, configuration=given.config, now=datetime.now(UTC))
        return 0
    slots = home(Path(sys.prefix))
    journal = journal_of(slots)
    if given.status:
        _print(journal, as_json=given.json)
        return 0
    logs.set_up(verbose=given.verbose)
    if given.starting and journal.trial is None:
        return 0
    if given.now:
        journal.pardon()
    with updater(slots, config.load(given.config), given.config) as each:
        if given.starting:
            each.starting()
        else:
            each.round()
    return 0


def _print(journal: Journal, *, as_json: bool) -> None:
    report, failures = journal.report, journal.failures.failed
    if as_json:
        print_json({"report": msgspec.to_builtins(report), "failed": dict(failures)})
        return
    if report is None:
        print("no update was looked for yet")
    else:
        print(f"version {report.version} runs, from the slot {report.slot}; {report.state}")
        if report.tried:
            print(f"version {report.tried}: {report.reason or 'is tried'}")
        elif report.reason:
            print(report.reason)
    for version, reason in failures.items():
        print(f"version {version} is not tried again: {reason}")
