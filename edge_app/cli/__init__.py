"""The commands of `edge-app`: what each takes, and which module carries it out."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from edge_app.cli import arguments
from edge_app.errors import ConfigError, EdgeError, ProbeError

DONE, NOTHING_VALID, WRONG_USAGE, PORT_UNAVAILABLE = 0, 1, 2, 3


def parser(more: Mapping[str, tuple[str, arguments.Add]] = MappingProxyType({})) -> argparse.ArgumentParser:
    """All commands and their arguments, with those that plugins bring where they are given."""
    root = _root()
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (help_text, add) in {**arguments.COMMANDS, **more}.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--config", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        add(command)
    return root


def _root(*, add_help: bool = True) -> argparse.ArgumentParser:
    """What stands before the word of a command."""
    root = argparse.ArgumentParser(
        prog="edge-app",
        description="Reads household electricity meters and carries the measurements to the cloud.",
        epilog="Exit status: 0 done; 1 nothing valid was found; 2 wrong usage; 3 the port is unavailable.",
        add_help=add_help,
    )
    root.add_argument("--version", action="version", version=f"%(prog)s {version('zaehlwerk')}")
    root.add_argument("--verbose", action="store_true", help="say more, on standard error")
    root.add_argument(
        "--config",
        type=Path,
        metavar="DIR",
        default=Path(os.environ.get("EDGE_APP_CONFIG", "/etc/zaehlwerk")),
        help="the configuration folder (default: EDGE_APP_CONFIG, else /etc/zaehlwerk)",
    )
    return root


def _parse(words: Sequence[str] | None) -> tuple[argparse.Namespace, Callable[[argparse.Namespace], int]]:
    """The arguments, and what carries them out; plugins are asked only where the word is none of our own."""
    scout = _root(add_help=False)
    scout.add_argument("command", nargs="?")
    seen, _ = scout.parse_known_args(words)
    brought = {}
    if seen.command not in arguments.COMMANDS:
        brought = importlib.import_module("edge_app.cli.brought").brought(seen.config)
    given = parser({word: (each.command.help, each.command.add) for word, each in brought.items()}).parse_args(words)
    if given.command in brought:
        return given, brought[given.command].run
    return given, importlib.import_module(f"edge_app.cli.{given.command}").run


def main(arguments_given: Sequence[str] | None = None) -> int:
    """Carry out one command; the answer is the exit status."""
    given, run = _parse(arguments_given)
    try:
        status = run(given)
    except ProbeError as error:
        print(f"edge-app: {error}", file=sys.stderr)
        return WRONG_USAGE if error.kind == "unfit" else PORT_UNAVAILABLE
    except ConfigError as error:
        print(f"edge-app: {error}", file=sys.stderr)
        return WRONG_USAGE
    except EdgeError as error:
        print(f"edge-app: {error}", file=sys.stderr)
        return NOTHING_VALID
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return 130
    return status
