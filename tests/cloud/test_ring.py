"""The stand-in for a place lies in the ring of the formula, anywhere in it with the same chance."""

import math
from random import Random

import pytest
from geographiclib.geodesic import Geodesic

from cloud_api.privacy.ring import Ring, displaced

DRAWS = 100_000
CRITICAL = 1.95 / math.sqrt(DRAWS)
"""Of the Kolmogorov-Smirnov statistic at a level of 0.1 %."""
WIESBADEN = 50.08, 8.24


@pytest.mark.parametrize(
    ("density", "inner", "outer"),
    [
        (0, 4264, 10621),
        (35, 4217.765, 10512.255),  # Prignitz
        (1401, 2413.279, 6268.093),  # Wiesbaden
        (3000, 301, 1300),
        (4244, 300, 1300),  # Berlin
        (100_000, 300, 1300),
    ],
)
def test_the_ring_at_a_density(density: float, inner: float, outer: float) -> None:
    ring = Ring.at_density(density)
    assert (ring.inner, ring.outer) == pytest.approx((inner, outer), abs=1e-6)


@pytest.mark.parametrize("density", [0, 35, 1401, 2999, 4244, 10_000])
@pytest.mark.parametrize("place", [WIESBADEN, (47.3, 10.2), (55.05, 8.4), (54.18, 7.88)])
def test_no_point_is_outside_the_ring_by_more_than_a_millimetre(density: float, place: tuple[float, float]) -> None:
    ring = Ring.at_density(density)
    for _ in range(500):
        distance = Geodesic.WGS84.Inverse(*place, *displaced(*place, ring))["s12"]
        assert ring.inner - 1e-3 <= distance <= ring.outer + 1e-3


def test_points_are_uniform_in_angle_and_in_area() -> None:
    ring, random = Ring.at_density(1401), Random(20261124)  # a seed, so that this does not fail once in a while
    angles, areas = [], []
    for _ in range(DRAWS):
        line = Geodesic.WGS84.Inverse(
            *WIESBADEN, *displaced(*WIESBADEN, ring, random=random), Geodesic.AZIMUTH | Geodesic.DISTANCE
        )
        angles.append(line["azi1"] % 360 / 360)
        areas.append((line["s12"] ** 2 - ring.inner**2) / (ring.outer**2 - ring.inner**2))
    assert apart(angles) < CRITICAL
    assert apart(areas) < CRITICAL


def test_a_uniform_distance_would_be_noticed() -> None:
    ring, random = Ring.at_density(1401), Random(20261124)
    drawn = (random.uniform(ring.inner, ring.outer) for _ in range(DRAWS))
    areas = [(distance**2 - ring.inner**2) / (ring.outer**2 - ring.inner**2) for distance in drawn]
    assert apart(areas) > CRITICAL


def test_without_a_source_of_its_own_no_two_draws_are_alike() -> None:
    ring = Ring.at_density(35)
    assert len({displaced(*WIESBADEN, ring) for _ in range(100)}) == 100


def apart(drawn: list[float]) -> float:
    """How far the drawn are from uniform between 0 and 1, as Kolmogorov and Smirnov measure it."""
    ordered = sorted(drawn)
    count = len(ordered)
    return max(max((place + 1) / count - value, value - place / count) for place, value in enumerate(ordered))
