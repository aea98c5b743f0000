"""The documentation as it is built: its pages, what stands under each heading, and what they load."""

import os
import subprocess
from html.parser import HTMLParser
from pathlib import Path

from tests.house.sources import ROOT, tool


def build(folder: Path) -> Path:
    """Build the site as `make docs` does; a warning, such as for a link that leads nowhere, fails."""
    built = subprocess.run(
        [tool("mkdocs"), "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


class Page(HTMLParser):
    """One page, read from its HTML."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.sections: dict[str, str] = {}
        """Headings of the page, each with the text below it down to the next heading of any level."""
        self.loaded: list[str] = []
        """Addresses of what a browser fetches with the page."""
        self._heading: str | None = None
        self.feed(file.read_text(encoding="utf-8"))

    @classmethod
    def at(cls, site: Path, name: str) -> "Page":
        return cls(site / name / "index.html")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h1", "h2", "h3"}:
            self._heading = ""
        for name, value in attrs:
            if name in {"src", "srcset", "data", "poster"} or (tag == "link" and name == "href"):
                self.loaded.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"h1", "h2", "h3"} and self._heading is not None:
            self.sections[self._heading.removesuffix("¶").strip()] = ""
            self._heading = None

    def handle_data(self, data: str) -> None:
        if self._heading is not None:
            self._heading += data
        elif self.sections:
            last = next(reversed(self.sections))
            self.sections[last] += data
