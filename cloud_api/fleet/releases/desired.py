"""The desired state of a fleet: a file under version control, in which each mistake is named by its line and key."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cloud_api.errors import SetupError
from cloud_api.fleet.releases.documents import share_of, version_of

OFFERED, PAUSED, RETIRED = "offered", "paused", "retired"
STATES = (OFFERED, PAUSED, RETIRED)

Key = tuple[str, ...]
"""Where something stands: tables, and a name in the innermost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWish:
    """What is wanted of a release; what is left out stays as it is."""

    channel: str | None = None
    share: float | None = None
    state: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What is wanted: of releases by version, and of channels which devices are pinned; and where it stands."""

    releases: Mapping[str, ReleaseWish]
    pinned: Mapping[str, Mapping[UUID, str]]
    lines: Mapping[Key, int]
    file: Path

    def mistake(self, key: Key, detail: str) -> str:
        return _mistake(self.file, self.lines, key, detail)


@dataclass(slots=True)
class _Reader:
    """Takes values out of tables, and notes what is wrong with them."""

    file: Path
    lines: Mapping[Key, int]
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, key: Key, detail: str) -> None:
        self.mistakes.append(_mistake(self.file, self.lines, key, detail))

    def table(self, value: object, key: Key) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.wrong(key, "expected a table")
        return {}

    def text(self, value: object, key: Key) -> str | None:
        if isinstance(value, str):
            return value
        self.wrong(key, "expected text in quotation marks")
        return None

    def fleet(self, content: Mapping[str, Any]) -> Fleet:
        self.known(content, (), ("channel", "release"))
        pinned, releases = dict[str, Mapping[UUID, str]](), dict[str, ReleaseWish]()
        for name, value in self.table(content.get("channel", {}), ("channel",)).items():
            key = ("channel", name)
            table = self.table(value, key)
            self.known(table, key, ("pinned",))
            if "pinned" in table:
                pinned[name] = dict(self.pins(self.table(table["pinned"], (*key, "pinned")), (*key, "pinned")))
        for version, value in self.table(content.get("release", {}), ("release",)).items():
            key = ("release", version)
            self.version(version, key)
            releases[version] = self.release(self.table(value, key), key)
        return Fleet(releases=releases, pinned=pinned, lines=self.lines, file=self.file)

    def release(self, table: Mapping[str, Any], key: Key) -> ReleaseWish:
        self.known(table, key, ("channel", "share", "state", "reason"))
        texts = {name: self.text(table[name], (*key, name)) for name in ReleaseWish.__slots__ if name in table}
        share = None
        if texts.get("share") is not None:
            try:
                share = share_of(str(texts["share"]))
            except ValueError as error:
                self.wrong((*key, "share"), str(error))
        state = texts.get("state")
        if state is not None and state not in STATES:
            self.wrong((*key, "state"), f"expected {', '.join(STATES[:-1])} or {STATES[-1]}")
        if "reason" in table and state != PAUSED:
            self.wrong((*key, "reason"), f"goes with state = {PAUSED!r} alone")
        return ReleaseWish(channel=texts.get("channel"), share=share, state=state, reason=texts.get("reason"))

    def pins(self, table: Mapping[str, Any], key: Key) -> Iterator[tuple[UUID, str]]:
        for name, value in table.items():
            here = (*key, name)
            try:
                device = UUID(name)
            except ValueError:
                self.wrong(here, "expected the uuid of a device")
                continue
            version = self.text(value, here)
            if version is not None and self.version(version, here):
                yield device, version

    def version(self, text: str, key: Key) -> bool:
        try:
            version_of(text)
        except ValueError as error:
            self.wrong(key, str(error))
            return False
        return True

    def known(self, table: Mapping[str, Any], key: Key, names: tuple[str, ...]) -> None:
        for name in table:
            if name not in names:
                self.wrong((*key, name), f"nothing of this name is known here (expected {' or '.join(names)})")


def read(file: Path) -> Fleet:
    """Raises SetupError with every mistake, a line each."""
    try:
        text = file.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise SetupError(f"{file}: {error}") from error
    reader = _Reader(file, lines_of(text))
    fleet = reader.fleet(content)
    if reader.mistakes:
        raise SetupError("\n".join(reader.mistakes))
    return fleet


def lines_of(text: str) -> dict[Key, int]:
    """Where each key stands; what stands in an inline table has the line of that."""
    found, table = dict[Key, int](), Key()
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            with suppress(tomllib.TOMLDecodeError):
                table = _only(tomllib.loads(bare))
                found.setdefault(table, number)
        elif "=" in bare:
            with suppress(tomllib.TOMLDecodeError):
                found.setdefault((*table, *_only(tomllib.loads(f"{bare.partition('=')[0]}= 0"))), number)
    return found


def _only(content: object) -> Key:
    """The one way down a table that has a single key at each step."""
    steps = list[str]()
    while isinstance(content, dict) and content:
        name, content = next(iter(content.items()))
        steps.append(name)
    return tuple(steps)


def _mistake(file: Path, lines: Mapping[Key, int], key: Key, detail: str) -> str:
    ways = (key[:length] for length in range(len(key), 0, -1))
    line = next((lines[way] for way in ways if way in lines), 1)
    return f"{file}, line {line}: {'.'.join(key)}: {detail}"
