"""The machine below the service: its files, its certificate, its clock, its disk."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from edge_app.clock import Clock, Synchrony, built
from edge_app.config import Config
from edge_app.errors import ConfigError
from edge_app.fleet.doctor.finding import Finding, fail, ok, warn
from edge_app.sync.pair import Pair

SHORT = timedelta(days=14)
"""What a certificate has left when it should have been renewed long ago."""
LITTLE, FULL = 64_000_000, 4_000_000
"""Bytes of the disk that are free."""


def files(config: Config) -> Iterator[Finding]:
    """What is secret is its owner's alone."""
    vault = config.store.database.with_name(config.store.database.name + ".key")
    bad = False
    for file in (config.cloud.certificate, config.cloud.key, config.cloud.ca, vault):
        try:
            mode = file.stat().st_mode
        except FileNotFoundError:
            if file != vault:  # made at the first start
                bad = True
                yield fail("files", "missing", subject=file.name)
            continue
        if file in (config.cloud.key, vault) and mode & (stat.S_IRWXG | stat.S_IRWXO):
            bad = True
            yield fail("files", "open", subject=file.name, file=str(file))
    if not bad:
        yield ok("files", "private")


def certificate(config: Config, clock: Clock) -> Finding:
    """How long it stands; it is renewed at two thirds of its life."""
    try:
        credential = Pair.of(config.cloud).load()
    except ConfigError:
        return fail("certificate", "unfit")
    left = credential.not_after - clock.now()
    if left <= timedelta(0):
        return fail("certificate", "over")
    if left < SHORT:
        return warn("certificate", "short", days=left.days)
    return ok("certificate", "stands" if credential.own else "preloaded", days=left.days)


def clock(synchrony: Synchrony, now: Clock) -> Finding:
    """Whether the time of day can be believed."""
    if now.now() < built():
        return fail("clock", "past")
    if abs(synchrony.apart) > Synchrony.TOLERANCE:
        return warn("clock", "apart", seconds=round(synchrony.apart))
    return ok("clock", "known") if synchrony else warn("clock", "unknown")


def disk(config: Config) -> Finding:
    """Whether there is room, and whether it can be written to."""
    folder = _existing(config.store.database.parent)
    free = shutil.disk_usage(folder).free
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return fail("disk", "readonly")
    if free < FULL:
        return fail("disk", "full", free=free // 1_000_000)
    return (warn if free < LITTLE else ok)("disk", "little" if free < LITTLE else "room", free=free // 1_000_000)


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())
