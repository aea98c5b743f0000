"""NUTS 3 regions: which of them a point lies in, and how densely it is populated."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from shapely import Point, STRtree

NEAR = 10_000.0
"""Metres within which a point on water or just abroad belongs to the nearest region."""
DEGREE = 111_320.0
"""Metres of a degree of latitude; over ten kilometres a plane is exact enough to tell which region is nearest."""


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A district, which in Germany is a region of NUTS 3. `density` is people per km², `outline` WKB in WGS 84."""

    ags: str
    nuts3: str
    name: str
    density: float
    outline: bytes


class Regions:
    """All regions of one import, found by point."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self._regions = regions
        self._outlines = shapely.from_wkb([region.outline for region in regions])
        self._tree = STRtree(self._outlines)

    def at(self, latitude: float, longitude: float) -> Region | None:
        """The region of a point, or the nearest one within ten kilometres; on a border, that of the lower key."""
        inside = self._tree.query(Point(longitude, latitude), predicate="intersects")
        if len(inside):
            found: Region = min((self._regions[place] for place in inside), key=lambda region: region.ags)
            return found
        return self._nearest(latitude, longitude)

    @property
    def by_code(self) -> dict[str, Region]:
        """All regions by their NUTS 3 code."""
        return {region.nuts3: region for region in self._regions}

    def _nearest(self, latitude: float, longitude: float) -> Region | None:
        origin = np.array([longitude, latitude])
        scale = np.array([DEGREE * math.cos(math.radians(latitude)), DEGREE])

        def around(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            moved: npt.NDArray[np.float64] = (points - origin) * scale
            return moved

        reach = NEAR / np.maximum(scale, 1.0)
        box = shapely.box(*(origin - reach), *(origin + reach))
        near = {
            float(shapely.transform(self._outlines[place], around).distance(Point(0, 0))): self._regions[place]
            for place in self._tree.query(box)
        }
        return near[min(near)] if near and min(near) <= NEAR else None
