"""What each command takes. Their modules are imported only when called for, so that a small one starts quickly."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no time (expected seconds, such as 2.5)")
    return seconds


def _json(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")


PORT = "a device path, socket://host:port or rfc2217://host:port"


def _port(command: ArgumentParser) -> None:
    command.add_argument("--port", required=True, metavar="URL", help=PORT)
    _driver(command)


def _driver(command: ArgumentParser) -> None:
    command.add_argument(
        "--driver", choices=("serialx", "pyserial-asyncio"), default="serialx", help="the library that opens the port"
    )


def _listening(command: ArgumentParser) -> None:
    _port(command)
    command.add_argument(
        "--timeout", type=_seconds, default=30.0, metavar="S", help="seconds to listen at most (default: 30)"
    )
    _json(command)


def _decode(command: ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE", help="a recording of a meter's bytes")
    command.add_argument(
        "--protocol", choices=("auto", "sml", "d0"), default="auto", help="how the meter speaks (default: auto)"
    )
    _json(command)


def _read(command: ArgumentParser) -> None:
    _listening(command)
    command.add_argument("--model", metavar="NAME", help="the meter model (default: the first that fits)")


def _simulate(command: ArgumentParser) -> None:
    command.add_argument("--model", required=True, metavar="NAME", help="which model to be")
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--link", type=Path, metavar="PATH", help="a link to the pseudo-terminal to speak on")
    where.add_argument("--tcp", metavar="HOST:PORT", help="an address to listen on instead, for socket://")
    command.add_argument("--variant", metavar="NAME", help="which kind of the model, where it has several")
    command.add_argument(
        "--role", choices=("electricity", "pv-generation"), default="electricity", help="what to count"
    )
    command.add_argument("--locked", action="store_true", help="begin without power and decimals")
    command.add_argument("--pin", metavar="1234", help="the PIN that unlocks it")
    command.add_argument("--capture", type=Path, metavar="FILE", help="replay a recording instead")
    command.add_argument("--scenario", type=Path, metavar="FILE", help="a TOML file of what goes wrong, and when")
    command.add_argument("--paced", action="store_true", help="let bytes come as slowly as the baud rate lets them")
    command.add_argument("--seven-bit", action="store_true", help="send mode D with its parity taken off")
    command.add_argument(
        "--interval", type=_seconds, metavar="S", help="seconds between telegrams (default: the model's)"
    )
    command.add_argument("--seed", type=int, default=1, help="which household (default: 1)")
    command.add_argument(
        "--pace", type=_seconds, default=1.0, help="how much faster than real the sun goes (default: 1)"
    )


def _capture(command: ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--port", metavar="URL", help=PORT)
    what.add_argument("--in", dest="source", type=Path, metavar="FILE", help="a recording to be scrubbed")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="where it goes; must not be there yet")
    command.add_argument(
        "--seconds", type=_seconds, default=60.0, metavar="S", help="how long to record (default: 60, or until Ctrl-C)"
    )
    command.add_argument(
        "--scrub", action="store_true", help="replace the numbers of the meter by made-up ones, and repair checksums"
    )
    _driver(command)


def _plugin(command: ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    said = "Write a package with a plugin for a new meter model."
    new = actions.add_parser("new", help=said, description=said)
    new.add_argument("model", metavar="NAME", help="the model number, in capitals, digits and hyphens")
    new.add_argument("--vendor", default="Somebody", metavar="NAME", help="who makes the meter (default: Somebody)")
    new.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where the package goes (default: here)")
    new.add_argument(
        "--capture", type=Path, metavar="FILE", help="a recording of such a meter, to draw the profile from"
    )
    said = "Judge plugins by one suite for all, and grade them."
    check = actions.add_parser("check", help=said, description=said)
    check.add_argument(
        "what",
        nargs="?",
        metavar="MODEL|PATH",
        help="an installed model, a file with a plugin or a folder of them (default: all that are installed)",
    )
    _json(check)


def _timing(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no timing (expected NAME=SECONDS, such as digit_on=0.5)") from None


def _unlock(command: ArgumentParser) -> None:
    _port(command)
    command.add_argument("--model", required=True, metavar="NAME", help="the meter model")
    command.add_argument(
        "--pin-file",
        type=Path,
        metavar="FILE",
        help="a file with the PIN that only its owner may read (else: a prompt)",
    )
    command.add_argument(
        "--guided",
        action="store_true",
        help="go on into the menu; you say what the display shows before each long press",
    )
    command.add_argument(
        "--keep-alive",
        action="store_true",
        help="then pulse now and then, for a meter that shows power for two minutes",
    )
    command.add_argument(
        "--light", choices=("break", "zeros"), help="how the LED is lit (default: by what the port can carry)"
    )
    command.add_argument("--inverted", action="store_true", help="the LED shines while the line rests")
    command.add_argument(
        "--timing",
        type=_timing,
        action="append",
        default=[],
        metavar="NAME=SECONDS",
        help="a timing for a meter that differs from its model, such as digit_on=0.5; may be repeated",
    )
    _json(command)


def _enrol(command: ArgumentParser) -> None:
    command.add_argument("bundle", type=Path, metavar="BUNDLE", help="the folder that `device provision` made")
    command.add_argument("--keep-name", action="store_true", help="leave the host name as it is")
    command.add_argument(
        "--root", type=Path, default=Path("/"), metavar="DIR", help="set up a system that is not running (default: /)"
    )


def _update(command: ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group()
    what.add_argument("--now", action="store_true", help="look, and try versions again that failed here before")
    what.add_argument("--status", action="store_true", help="say how it stands, and do nothing")
    what.add_argument(
        "--starting", action="store_true", help="count a start of the service, as its unit does before each"
    )
    what.add_argument(
        "--check",
        type=Path,
        metavar="FILE",
        help="try this version on a copy of the database, as the version of before asks",
    )
    _json(command)


def _doctor(command: ArgumentParser) -> None:
    command.epilog = "Exit status: 0 nothing has failed, warnings apart; 1 something has; 2 wrong usage."
    command.add_argument(
        "--language", choices=("de", "en"), help="what it is said in (default: by LANG where that is one, else en)"
    )
    _json(command)


def _nothing(command: ArgumentParser) -> None:
    """Take no arguments."""


Add = Callable[[ArgumentParser], None]
"""Adds the arguments of one command."""

COMMANDS: dict[str, tuple[str, Add]] = {
    "run": ("Measure, keep and upload, for as long as it is let; the service of a device.", _nothing),
    "tunnel": ("Keep up the tunnel through which this device is serviced; a service of its own.", _nothing),
    "enrol": ("Take over a bundle: certificate, key and settings of this device.", _enrol),
    "update": ("Look for a new version, try it, and keep it or give it up.", _update),
    "status": ("Say how the device is, at one look.", _json),
    "doctor": ("Look at everything that has to work, and say the next step where it does not.", _doctor),
    "models": ("List the meter models that are installed.", _json),
    "probes": ("List the serial ports of this machine.", _json),
    "decode": ("Say what the telegrams of a recording hold.", _decode),
    "detect": ("Listen to a meter and say which it may be.", _listening),
    "read": ("Listen to a meter until its first whole telegram, and print that.", _read),
    "unlock": ("Enter a meter's PIN by light, so that it shows power and decimals.", _unlock),
    "simulate": ("Be a meter, on a pseudo-terminal or a TCP port.", _simulate),
    "capture": ("Record what a meter sends, with its times, or scrub a recording.", _capture),
    "plugin": ("Write a plugin for a new meter model, and judge plugins.", _plugin),
}
