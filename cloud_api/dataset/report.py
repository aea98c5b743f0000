"""The report: a first look at a release, on one page that needs nothing beside itself."""

from datetime import date
from html import escape
from pathlib import Path

import numpy as np

from cloud_api.dataset.card import Language
from cloud_api.dataset.looking import BIN, SLOTS, Look, look
from cloud_api.dataset.pictures import Points, lines
from cloud_api.dataset.report_words import WORDS, Words
from cloud_api.ledger.showing import digits

STYLE = """
:root{color-scheme:light dark;--page:#fff;--ink:#1c2430;--soft:#4a5462;--grid:#dde2e8;
--0:#1b5e8c;--1:#b04a10;--2:#2f6f3a;--3:#73479a}
@media(prefers-color-scheme:dark){:root{--page:#151a20;--ink:#e6eaef;--soft:#aab4c0;--grid:#323b46;
--0:#6db3e6;--1:#f09a5c;--2:#7fc98b;--3:#c39bea}}
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:var(--ink);
background:var(--page)}
figure{margin:2rem 0}figcaption{font-weight:600}svg{width:100%;font-size:12px}text{fill:var(--soft)}
.grid{stroke:var(--grid);fill:none}.line{fill:none;stroke:currentColor;stroke-width:1.6}
.line-0{color:var(--0)}.line-1{color:var(--1)}.line-2{color:var(--2)}.line-3{color:var(--3)}
ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}li::before{content:"\\2014\\a0"}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
HOURS = [(hour / 24 * SLOTS, f"{hour}:00") for hour in range(0, 25, 6)]
EPOCH = date(1970, 1, 1).toordinal()


def report(release: Path, language: Language = "en") -> str:
    """The page. Raises SetupError where there is no release in Parquet."""
    found, words = look(release), WORDS[language]
    pictures = [
        _participation(found, words),
        _completeness(found, words),
        *_curves(found, words),
        _durations(found, words),
    ]
    title = escape(words.title.format(name=found.name))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{escape(_lead(found, words))}</p>{''.join(pictures)}</main></body></html>\n"
    )


def _lead(found: Look, words: Words) -> str:
    share, days = found.tally.completeness, [_day(day).isoformat() for day in sorted(found.expected)]
    return words.lead.format(
        households=found.households,
        meters=found.meters,
        first=days[0] if days else "–",
        last=days[-1] if days else "–",
        completeness="–" if share is None else digits(share, words.point) + words.percent,
    )


def _participation(found: Look, words: Words) -> str:
    """Up to the last day of the release."""
    days = [*found.joined, *(_day(day) for day in sorted(found.expected)[-1:])]
    counts = [*range(1, len(found.joined) + 1), *[len(found.joined)] * (len(days) - len(found.joined))]
    points = [(float(day.toordinal()), float(count)) for day, count in zip(days, counts, strict=True)]
    marks = [(float(day.toordinal()), day.isoformat()) for day in dict.fromkeys([*days[:1], *days[-1:]])]
    return lines(
        {words.households: points},
        title=words.participation,
        unit=words.households,
        marks=marks,
        point=words.point,
        whole=True,
    )


def _completeness(found: Look, words: Words) -> str:
    points = [
        (float(day), 100 * found.measured.get(day, 0) / expected) for day, expected in sorted(found.expected.items())
    ]
    ends = [points[0][0], points[-1][0]] if points else []
    marks = [(day, _day(int(day)).isoformat()) for day in dict.fromkeys(ends)]
    series = {words.completeness: points}
    return lines(series, title=words.by_day, unit="%", marks=marks, point=words.point, top=100.0)


def _curves(found: Look, words: Words) -> list[str]:
    pictures = []
    for number, kind in enumerate((words.drawn, words.fed_in)):
        series: dict[str, Points] = {}
        for place, season in enumerate(words.seasons):
            counts = found.counts[place]
            means = np.divide(found.sums[number][place], counts, out=np.zeros(SLOTS), where=counts > 0)
            if counts.any():
                series[season] = [(float(slot), mean) for slot, mean in enumerate(means.tolist())]
        title = words.power.format(kind=kind)
        pictures.append(lines(series, title=title, unit="kW", marks=HOURS, point=words.point))
    return pictures


def _durations(found: Look, words: Words) -> str:
    """For how much of the time power was at least so high."""
    series: dict[str, Points] = {}
    for number, kind in enumerate((words.drawn, words.fed_in)):
        counts = found.durations[number]
        if counts.any():
            shares = np.cumsum(counts[::-1])[::-1] / counts.sum()
            series[kind] = [(100 * share, place * BIN) for place, share in enumerate(shares.tolist()) if share][::-1]
    marks = [(float(share), f"{share}{words.percent}") for share in (0, 25, 50, 75, 100)]
    return lines(series, title=words.durations, unit="kW", marks=marks, point=words.point)


def _day(number: int) -> date:
    """The day of a number of days since 1970."""
    return date.fromordinal(EPOCH + number)
