"""A small map: the outline of a district and a point in it, as paths of a drawing."""

import math
from dataclasses import dataclass

from cloud_api import wire

WIDTH, MARGIN = 320.0, 10.0
"""Of a drawing, in its own units."""
TALLEST = 360.0
DISTRICTS = "districts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A district as a path, and a point in the same units, with the lines that its licence asks to be shown."""

    region: wire.Region
    attributions: list[str]
    path: str
    x: float
    y: float
    width: float
    height: float


def draw(region: wire.Region, location: wire.Location, geodata: wire.Geodata) -> Drawing:
    """North is up; a degree of longitude is as much shorter as it is there."""
    squeeze = math.cos(math.radians(location.latitude))
    points = [(x, y) for ring in region.outline for x, y in ring] + [(location.longitude, location.latitude)]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = min(
        (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, 1e-6), (TALLEST - 2 * MARGIN) / max(north - south, 1e-6)
    )

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        return (
            round(MARGIN + (longitude - west) * squeeze * scale, 1),
            round(MARGIN + (north - latitude) * scale, 1),
        )

    rings = ["M" + " ".join(f"{x},{y}" for x, y in (place(*point) for point in ring)) + "Z" for ring in region.outline]
    x, y = place(location.longitude, location.latitude)
    return Drawing(
        region=region,
        attributions=[line for each in geodata.geodata if each.kind == DISTRICTS for line in each.attributions],
        path="".join(rings),
        x=x,
        y=y,
        width=round((east - west) * squeeze * scale + 2 * MARGIN, 1),
        height=round((north - south) * scale + 2 * MARGIN, 1),
    )
