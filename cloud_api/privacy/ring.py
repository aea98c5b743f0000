"""The ring around a place in which its stand-in lies: the formula of the survey's legal advice, drawn once."""

import math
from dataclasses import dataclass
from random import Random
from secrets import SystemRandom

from geographiclib.geodesic import Geodesic

FULL_TURN = 360.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """How far from the old place the new one lies, in metres on the ellipsoid: at least `inner`, at most `outer`."""

    inner: float
    outer: float

    @classmethod
    def at_density(cls, density: float) -> "Ring":
        """The ring for so many people per km²: the fewer they are, the further one has to go among them."""
        return cls(
            inner=max(min(-1.321 * density + 4264, 8000), 300),
            outer=max(min(-3.107 * density + 10621, 20000), 1300),
        )


def displaced(
    latitude: float, longitude: float, ring: Ring, *, random: Random | SystemRandom | None = None
) -> tuple[float, float]:
    """Latitude and longitude of a point of the ring, any with the same chance; by the operating system's randomness."""
    random = random or SystemRandom()
    # a uniform distance would crowd the points towards the inner edge; a uniform square of it fills the area evenly
    distance = math.sqrt(random.uniform(ring.inner**2, ring.outer**2))
    place = Geodesic.WGS84.Direct(latitude, longitude, random.uniform(0, FULL_TURN), distance)
    return place["lat2"], place["lon2"]
