"""The report: a first look at a release, on one page that needs nothing beside itself."""

from datetime import date
from html import escape
from pathlib import Path

import numpy as np

from cloud_api.dataset.looking import BIN, SEASONS, SLOTS, Look, look
from cloud_api.dataset.pictures import Points, lines

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
figure{margin:2rem 0}figcaption{font-weight:600}svg{width:100%;font-size:12px}text{fill:#3c4654}
.grid{stroke:#dde2e8;fill:none}.line{fill:none;stroke-width:1.6}
ul{list-style:none;padding:0;display:flex;gap:1.5rem}li::before{content:"\\2014\\a0"}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
HOURS = [(hour / 24 * SLOTS, f"{hour}:00") for hour in range(0, 25, 6)]
EPOCH = date(1970, 1, 1).toordinal()
KINDS = ("drawn", "fed in")


def report(release: Path) -> str:
    """The page. Raises SetupError where there is no release in Parquet."""
    found = look(release)
    pictures = [_participation(found), _completeness(found), *_curves(found), _durations(found)]
    title = f"Zählwerk, release {release.resolve().name}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{''.join(pictures)}</main></body></html>\n"
    )


def _participation(found: Look) -> str:
    """Up to the last day of the release."""
    days = [*found.joined, *(date.fromordinal(EPOCH + day) for day in sorted(found.expected)[-1:])]
    counts = [*range(1, len(found.joined) + 1), *[len(found.joined)] * (len(days) - len(found.joined))]
    points = [(float(day.toordinal()), float(count)) for day, count in zip(days, counts, strict=True)]
    marks = [(float(day.toordinal()), day.isoformat()) for day in dict.fromkeys([*days[:1], *days[-1:]])]
    return lines(
        {"households": points},
        title="Households whose consent stands, by the day of the grant",
        unit="households",
        marks=marks,
    )


def _completeness(found: Look) -> str:
    points = [
        (float(day), 100 * found.measured.get(day, 0) / expected) for day, expected in sorted(found.expected.items())
    ]
    ends = [points[0][0], points[-1][0]] if points else []
    marks = [(day, date.fromordinal(EPOCH + int(day)).isoformat()) for day in dict.fromkeys(ends)]
    return lines({"completeness": points}, title="Completeness by day", unit="%", marks=marks, top=100.0)


def _curves(found: Look) -> list[str]:
    pictures = []
    for number, kind in enumerate(KINDS):
        series: dict[str, Points] = {}
        for place, season in enumerate(SEASONS):
            counts = found.counts[place]
            means = np.divide(found.sums[number][place], counts, out=np.zeros(SLOTS), where=counts > 0)
            if counts.any():
                series[season] = [(float(slot), mean) for slot, mean in enumerate(means.tolist())]
        title = f"Power {kind} by season, mean of all electricity meters over a day in UTC"
        pictures.append(lines(series, title=title, unit="kW", marks=HOURS))
    return pictures


def _durations(found: Look) -> str:
    """For how much of the time power was at least so high."""
    series: dict[str, Points] = {}
    for number, kind in enumerate(KINDS):
        counts = found.durations[number]
        if counts.any():
            shares = np.cumsum(counts[::-1])[::-1] / counts.sum()
            series[kind] = [(100 * share, place * BIN) for place, share in enumerate(shares.tolist()) if share][::-1]
    marks = [(float(share), f"{share} %") for share in (0, 25, 50, 75, 100)]
    return lines(
        series, title="Duration curves: the power that is reached in a share of the time", unit="kW", marks=marks
    )
