"""Pictures: lines over an axis, as SVG that needs nothing beside itself."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 40, 12, 28
COLOURS = 4
"""Classes of lines, `line-0` and on, which the page colours; each line is named beside."""
STEPS = 4
"""Lines of the grid above the axis, at most."""
ROUND = (1, 2, 2.5, 5, 10)
"""By how much the axis goes from line to line, times a power of ten."""

Points = Sequence[tuple[float, float]]


def lines(
    series: Mapping[str, Points],
    *,
    title: str,
    unit: str,
    marks: Sequence[tuple[float, str]],
    point: str,
    top: float | None = None,
    whole: bool = False,
) -> str:
    """A picture of named lines, with marks along the axis.

    `point` is the decimal point of the page's language, `top` the highest value that is shown. What is
    counted in `whole` ones has no lines between them.
    """
    points = [point for line in series.values() for point in line]
    first = min((x for x, _ in points), default=0.0)
    last = max((x for x, _ in points), default=1.0)
    highest = top or max((y for _, y in points), default=0.0) or 1.0
    step = max(_step(highest), 1.0 if whole else 0.0)
    steps = math.ceil(highest / step)

    def place_of(x: float, y: float) -> tuple[float, float]:
        across = (x - first) / ((last - first) or 1.0)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / (steps * step) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">']
    for number in range(steps + 1):
        value = number * step
        _, y = place_of(first, value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value, point)}</text>')
    for x, word in marks:
        parts.append(f'<text x="{place_of(x, 0)[0]:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(word)}</text>')
    for place, (name, points_of) in enumerate(series.items()):
        path = "L".join("{:.1f} {:.1f}".format(*place_of(x, y)) for x, y in points_of)
        if path:
            parts.append(f'<path class="line line-{place % COLOURS}" d="M{path}"><title>{escape(name)}</title></path>')
    parts.append("</svg>")
    legend = "".join(f'<li class="line-{place % COLOURS}">{escape(name)}</li>' for place, name in enumerate(series))
    return (
        f"<figure><figcaption>{escape(title)} ({escape(unit)})</figcaption>{''.join(parts)}<ul>{legend}</ul></figure>"
    )


def _step(highest: float) -> float:
    """The smallest round one with which the axis reaches the highest value in a few lines."""
    size: float = 10 ** math.floor(math.log10(highest / STEPS))
    return next(size * factor for factor in ROUND if size * factor * STEPS >= highest)


def _number(value: float, point: str) -> str:
    return f"{value:.4g}".replace(".", point)
