"""Joining outlines and population by district key, across the reforms between their years."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import shapely

from cloud_api.errors import SetupError
from cloud_api.privacy.regions import Region
from cloud_api.privacy.shapes import Layer, Outline
from cloud_api.privacy.workbook import Population, Workbook

T = TypeVar("T", Outline, Population)

MERGED = {"03152": "03159", "03156": "03159", "16056": "16063"}
"""Districts that are part of another one now: Göttingen and Osterode (2016), Eisenach (2021)."""
EISENACH = "16056"
NUTS_2024 = {
    "16054": "DEG0S",
    "16063": "DEG0R",
    "16066": "DEG0Q",
    "16070": "DEG0T",
    "16072": "DEG0V",
    "16073": "DEG0U",
}
"""Codes that changed in Thuringia with NUTS 2024, when municipalities and Eisenach had moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Regions with outline and density; the keys that only one of the two files knows; what the licences ask for."""

    regions: list[Region]
    without_density: list[str]
    without_outline: list[str]
    attributions: list[str]


def join(layer: Layer, workbook: Workbook) -> Joined:
    """Raises SetupError where the two have no district in common."""
    outlines = _with_successors(layer.outlines, workbook.districts, _united)
    people = _with_successors(workbook.districts, outlines, _summed)
    today = EISENACH not in outlines
    regions = [
        Region(
            ags=key,
            nuts3=NUTS_2024.get(key, outlines[key].nuts3) if today else outlines[key].nuts3 or people[key].nuts3,
            name=people[key].name,
            density=people[key].density,
            outline=shapely.to_wkb(outlines[key].shape),
        )
        for key in sorted(outlines.keys() & people.keys())
    ]
    if not regions:
        raise SetupError("districts and density have no district key in common")
    return Joined(
        regions=regions,
        without_density=sorted(outlines.keys() - people.keys()),
        without_outline=sorted(people.keys() - outlines.keys()),
        attributions=[
            f"© GeoBasis-DE / BKG {layer.year} (Daten verändert)",
            f"© Statistisches Bundesamt (Destatis), {workbook.published}; "
            f"Gemeindeverzeichnis-Informationssystem GV-ISys, Gebietsstand {workbook.state}",
        ],
    )


def _with_successors(
    mine: Mapping[str, T], others: Mapping[str, object], unite: Callable[[Sequence[T]], T]
) -> dict[str, T]:
    """Mine, in which a district that the others no longer know is part of its successor."""
    parts: dict[str, list[T]] = {}
    for key in sorted(mine, key=lambda key: (key in MERGED, key)):  # a successor comes first and gives its name
        parts.setdefault(key if key in others else MERGED.get(key, key), []).append(mine[key])
    return {key: replace(unite(found), ags=key) for key, found in parts.items()}


def _united(parts: Sequence[Outline]) -> Outline:
    return replace(parts[0], shape=shapely.union_all([part.shape for part in parts]))


def _summed(parts: Sequence[Population]) -> Population:
    if len(parts) == 1:
        return parts[0]
    area, people = sum(part.area for part in parts), sum(part.people for part in parts)
    return replace(parts[0], area=area, people=people, density=people / area)
