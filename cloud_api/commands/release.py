"""`release`: which versions devices may have."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloud_api.commands import arguments, release_acts, release_signing
from cloud_api.fleet.releases.documents import share_of, version_of
from cloud_api.fleet.releases.holding import PAUSED
from cloud_api.fleet.releases.making import STABLE
from cloud_api.fleet.releases.rotation import SERVICE

PYTHON = "3.11"


def add_to(verbs: Any, common: Any) -> None:
    release = verbs.add_parser("release", help="versions for devices").add_subparsers(required=True, metavar="COMMAND")

    first = release.add_parser("init", parents=[common], help="make a repository of releases, and the keys of holders")
    first.add_argument(
        "--keys", type=Path, required=True, metavar="DIR", help="where a folder for each holder is written"
    )
    first.add_argument(
        "--holders", type=arguments.count, default=3, metavar="N", help="how many there are (default: 3)"
    )
    first.add_argument(
        "--threshold", type=arguments.count, default=2, metavar="N", help="how many of them sign (default: 2)"
    )
    first.set_defaults(do=release_acts.init)

    publish = release.add_parser("publish", parents=[common], help="let devices have a version, ring after ring")
    publish.add_argument("dist", type=Path, metavar="DIST", help="the folder of its wheels")
    publish.add_argument("--version", type=version, required=True, help="that of our own wheel among them")
    publish.add_argument(
        "--channel", default=STABLE, metavar="NAME", help=f"which devices follow it (default: {STABLE})"
    )
    publish.add_argument(
        "--lock", type=Path, metavar="FILE", help="its wheels by their hashes (default: requirements.lock in DIST)"
    )
    publish.add_argument(
        "--rollout",
        type=share,
        metavar="SHARE",
        help="this share of the devices, such as 10%%, until it is changed (default: 1%% and ten devices at least, "
        "10%%, 50%%, all, a day each)",
    )
    publish.add_argument(
        "--from", dest="begin", type=moment, metavar="MOMENT", help="when the first ring begins (default: now)"
    )
    publish.add_argument(
        "--python", default=PYTHON, metavar="VERSION", help=f"which Python its wheels are for (default: {PYTHON})"
    )
    publish.add_argument("--downgrade", action="store_true", help="let it follow later versions, too")
    add_keys(publish)
    publish.set_defaults(do=release_acts.publish)

    sign = release.add_parser("sign", parents=[common], help="add the signatures of holders to what waits for them")
    sign.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="with --keys: a copy of the proposal, signed where it is; without: a signed copy, taken over "
        "(default: the proposal of the data folder)",
    )
    sign.add_argument(
        "--lock",
        type=Path,
        metavar="FILE",
        help="a lock of your own, with which the wheels of its release are compared",
    )
    add_keys(sign)
    sign.set_defaults(do=release_signing.sign)

    shown = release.add_parser("list", parents=[common], help="say what is offered, to how many, and what is held")
    shown.set_defaults(do=release_acts.show)

    refresh = release.add_parser("refresh", parents=[common], help="renew what the service signs; `run` does it daily")
    add_keys(refresh, "with them, what holders sign is renewed too")
    refresh.set_defaults(do=release_acts.refresh)

    _add_steering(release, common)


def _add_steering(release: Any, common: Any) -> None:
    """What is done with a release that is published."""
    pause = _of_version(release, common, "pause", "let nobody begin with a version, at once")
    pause.add_argument("--reason", default=PAUSED, metavar="TEXT", help=f"shown to administrators (default: {PAUSED})")
    pause.set_defaults(do=release_acts.pause)
    _of_version(release, common, "resume", "let devices begin with it again").set_defaults(do=release_acts.resume)
    retire = _of_version(release, common, "retire", "hold a version at once, and take it out of its channel")
    add_keys(retire)
    retire.set_defaults(do=release_acts.retire)
    spread = _of_version(release, common, "rollout", "let another share of the devices have a version")
    spread.add_argument("share", type=share, metavar="SHARE", help="such as 50%%, until it is changed")
    add_keys(spread)
    spread.set_defaults(do=release_acts.rollout)

    rotate = release.add_parser("rotate", parents=[common], help="put new keys in the place of somebody's")
    rotate.add_argument("whose", metavar="WHOSE", help=f"a holder, such as holder-2, or {SERVICE}")
    rotate.add_argument("--new", type=Path, metavar="DIR", help="where the folder with a holder's new keys is written")
    add_keys(rotate)
    rotate.set_defaults(do=release_acts.rotate)

    apply = release.add_parser("apply", parents=[common], help="bring about what a file desires of a fleet")
    apply.add_argument("file", type=Path, metavar="FLEET.toml", help="channels, shares and pinned devices")
    add_keys(apply)
    apply.set_defaults(do=release_acts.apply)


def _of_version(release: Any, common: Any, word: str, meaning: str) -> ArgumentParser:
    command: ArgumentParser = release.add_parser(word, parents=[common], help=meaning)
    command.add_argument("version", type=version, metavar="VERSION", help="as `release list` names it")
    return command


def add_keys(command: ArgumentParser, more: str = "without enough of them, it waits for `release sign`") -> None:
    command.add_argument(
        "--keys",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help=f"the folder of a holder, or of several; repeatable ({more})",
    )


def version(text: str) -> str:
    try:
        return version_of(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def share(text: str) -> float:
    try:
        return share_of(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no moment (expected one such as 2026-11-25T08:00Z)") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
