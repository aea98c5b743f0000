"""A table of a TOML file whose keys are taken one by one, so that whatever is wrong is told by file, key and wish."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self, TypeVar

from edge_app.errors import PluginError

T = TypeVar("T")


class Table:
    """One table; `close` refuses the keys that nobody took. Every error is a PluginError."""

    def __init__(self, content: Mapping[str, object], *, where: str, folder: Path = Path()) -> None:
        self.where = where
        """File and table, as errors name it."""
        self.content = content
        self.folder = folder
        """Where relative paths begin."""
        self._left = dict(content)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Open a file. Raises PluginError when it cannot be read or is no TOML."""
        try:
            return cls(tomllib.loads(file.read_text(encoding="utf-8")), where=file.name)
        except OSError as error:
            raise PluginError(f"{file} cannot be read: {error.strerror}") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise PluginError(f"{file.name} is no TOML: {error}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def __iter__(self) -> Iterator[str]:
        """The keys that are left, in the order of the file; they may be taken meanwhile."""
        return iter(tuple(self._left))

    def text(self, key: str, default: str | None = None) -> str:
        return self._take(key, str, "text", default)

    def path(self, key: str) -> Path | None:
        """The path of a file, None where the key is missing."""
        return self.folder / self.text(key) if key in self else None

    def one_of(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """One of a few words."""
        taken = self.text(key, default)
        if taken not in choices:
            raise self.error(key, f"one of {', '.join(choices)}", taken)
        return taken

    def whole(self, key: str, default: int | None = None, *, least: int = 0, most: int = 2**64) -> int:
        """A whole number within bounds, both included."""
        taken = self._take(key, int, "a whole number", default)
        if not least <= taken <= most:
            raise self.error(key, f"a whole number from {least} to {most}", taken)
        return taken

    def number(self, key: str, default: float | None = None, *, least: float = 0.0, most: float = 86_400.0) -> float:
        """A number within bounds, both included; seconds where it is a length of time."""
        taken = self._take(key, float, "a number", default)
        if not least <= taken <= most:
            raise self.error(key, f"a number from {least:g} to {most:g}", taken)
        return taken

    def flag(self, key: str, *, default: bool = False) -> bool:
        return self._take(key, bool, "true or false", default)

    def words(self, key: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        taken = self._take(key, list, "a list of texts", None if default is None else list(default))
        if not all(isinstance(word, str) for word in taken):
            raise self.error(key, "a list of texts", taken)
        return tuple(taken)

    def table(self, key: str) -> "Table":
        return Table(self._take(key, dict, "a table"), where=f"{self.where}: {key}")

    def tables(self, key: str) -> list["Table"]:
        """A list of tables, empty where the key is missing."""
        taken = self._take(key, list, "a list of tables", [])
        if not all(isinstance(each, dict) for each in taken):
            raise self.error(key, "a list of tables", taken)
        return [Table(each, where=f"{self.where}: {key} {number}") for number, each in enumerate(taken, start=1)]

    def close(self) -> None:
        """Refuse what is left."""
        if self._left:
            raise PluginError(f"{self.where}: {next(iter(self._left))} is not known here")

    def error(self, key: str, expected: str, found: object) -> PluginError:
        """What to raise for a value that does not fit."""
        return PluginError(f"{self.where}: {key} is {found!r} (expected {expected})")

    def _take(self, key: str, kind: type[T], expected: str, default: T | None = None) -> T:
        if key not in self._left:
            if default is None:
                raise PluginError(f"{self.where}: {key} is missing (expected {expected})")
            return default
        found = self._left.pop(key)
        taken = float(found) if kind is float and type(found) is int else found
        if not isinstance(taken, kind) or (isinstance(taken, bool) and kind is not bool):
            raise self.error(key, expected, found)
        return taken
