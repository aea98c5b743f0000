"""Outlines of regions, coarse enough to draw on a page."""

import shapely
from shapely.geometry import MultiPolygon, Polygon

from cloud_api.privacy.regions import Region

PARTS = 400
"""Into how many parts of its width a drawn region may be told."""


def rings(region: Region) -> list[list[list[float]]]:
    """The outer rings of a region, each a list of longitude and latitude; the largest first."""
    shape = shapely.from_wkb(region.outline)
    west, south, east, north = shape.bounds
    coarse = shape.simplify(max(east - west, north - south) / PARTS)
    found = [
        part for part in (coarse.geoms if isinstance(coarse, MultiPolygon) else [coarse]) if isinstance(part, Polygon)
    ]
    found.sort(key=lambda part: part.area, reverse=True)
    return [[[round(x, 5), round(y, 5)] for x, y in part.exterior.coords] for part in found]
