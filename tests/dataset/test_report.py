"""The first look: one page, with what the release holds, and nothing from anywhere else."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cloud_api.cli import parser
from cloud_api.dataset.looking import look
from cloud_api.dataset.report import report
from cloud_api.dataset.report_words import WORDS
from cloud_api.errors import SetupError
from cloud_api.ledger.showing import digits
from cloud_api.store.database import Database
from tests.dataset.exporting import release
from tests.dataset.virtual import fresh_folder, seed

SINCE = date(2026, 5, 30)
HARMLESS = {"meta", "br"}


class Whole(HTMLParser):
    """Every element is closed, and none fetches anything."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {name for name, _ in attrs} & {"src", "href"}
        if tag not in HARMLESS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_a_release_has_a_page_with_pictures(tmp_path: Path) -> None:
    folder = await fresh_folder(tmp_path / "cloud")
    async with Database.open(folder.database) as database:
        await seed(database, since=SINCE, days=4, count=1)
        summary = await release(folder, database, tmp_path / "out", until=SINCE + timedelta(days=4))
        await release(folder, database, tmp_path / "none", until=SINCE + timedelta(days=4), households=frozenset())
    seen = look(tmp_path / "out")
    assert sum(seen.expected.values()) == summary.tally.expected
    assert sum(seen.measured.values()) == summary.tally.measured + summary.tally.late
    assert (seen.counts.sum(axis=1) > 0).tolist() == [False, True, True, False]  # the end of May, the begin of June

    given = parser().parse_args(["report", "--release", str(tmp_path / "out"), "--out", str(tmp_path / "page.html")])
    assert await given.do(given) == f"{tmp_path / 'page.html'}: made\n"
    page = (tmp_path / "page.html").read_text()
    reader = Whole()
    reader.feed(page)
    assert not reader.open
    assert page.count("<svg") == 5
    assert "summer" in page
    assert "<h1>Zählwerk, release first</h1>" in page
    axes = re.findall(r'text-anchor="end">([^<]*)<', page)
    assert axes[:7] == ["0", "1", "0", "25", "50", "75", "100"]
    assert not re.findall(r"https?://", page)
    assert "NaN" not in page
    assert page == report(tmp_path / "out")
    assert report(tmp_path / "none").count("<svg") == 5

    german = report(tmp_path / "out", "de")
    assert '<html lang="de">' in german
    assert f"Vollständigkeit: {digits(summary.tally.completeness or 0, ',')} %" in german
    assert not [word for word in (*WORDS["en"].seasons, WORDS["en"].durations, "households") if word in german]
    assert not [word for word in (*WORDS["de"].seasons, WORDS["de"].durations, "Haushalte") if word in page]


async def test_what_is_no_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no release in Parquet"):
        report(tmp_path)
