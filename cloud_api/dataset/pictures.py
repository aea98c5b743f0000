"""Pictures: lines over an axis, as SVG that needs nothing beside itself."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 40, 12, 28
COLOURS = ("#1b5e8c", "#c0571a", "#3a7d44", "#7a4f9c")
"""Told apart also by those who see few colours; each line is named beside."""
STEPS = 4
"""Lines of the grid above the axis."""

Points = Sequence[tuple[float, float]]


def lines(
    series: Mapping[str, Points], *, title: str, unit: str, marks: Sequence[tuple[float, str]], top: float | None = None
) -> str:
    """A picture of named lines, with marks along the axis; `top` is the highest value that is shown."""
    points = [point for line in series.values() for point in line]
    first = min((x for x, _ in points), default=0.0)
    last = max((x for x, _ in points), default=1.0)
    high = top or max((y for _, y in points), default=0.0) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - first) / ((last - first) or 1.0)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / high * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">']
    for step in range(STEPS + 1):
        value = high * step / STEPS
        _, y = place(first, value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.4g}</text>')
    for x, word in marks:
        parts.append(f'<text x="{place(x, 0)[0]:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(word)}</text>')
    for colour, (name, line) in zip(COLOURS * len(series), series.items(), strict=False):
        path = "L".join("{:.1f} {:.1f}".format(*place(x, y)) for x, y in line)
        parts.append(
            f'<path class="line" stroke="{colour}" d="M{path}"><title>{escape(name)}</title></path>' if line else ""
        )
    parts.append("</svg>")
    legend = "".join(
        f'<li style="color:{colour}">{escape(name)}</li>'
        for colour, name in zip(COLOURS * len(series), series, strict=False)
    )
    return (
        f"<figure><figcaption>{escape(title)} ({escape(unit)})</figcaption>{''.join(parts)}<ul>{legend}</ul></figure>"
    )
