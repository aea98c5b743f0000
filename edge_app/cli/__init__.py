"""The commands of `edge-app`: what each takes, and which module carries it out."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from edge_app.cli import arguments
from edge_app.errors import ConfigError, EdgeError, ProbeError

DONE, NOTHING_VALID, WRONG_USAGE, PORT_UNAVAILABLE = 0, 1, 2, 3


def parser() -> argparse.ArgumentParser:
    """All commands and their arguments."""
    root = argparse.ArgumentParser(
        prog="edge-app",
        description="Reads household electricity meters and carries the measurements to the cloud.",
        epilog="Exit status: 0 done; 1 nothing valid was found; 2 wrong usage; 3 the port is unavailable.",
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
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (help_text, add) in arguments.COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--config", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        add(command)
    return root


def main(arguments_given: Sequence[str] | None = None) -> int:
    """Carry out one command; the answer is the exit status."""
    given = parser().parse_args(arguments_given)
    command = importlib.import_module(f"edge_app.cli.{given.command}")
    try:
        status: int = command.run(given)
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
