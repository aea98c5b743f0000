"""Postal codes and their places: a table that finds an address to the place without asking anybody."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

import msgspec

from cloud_api import wire
from cloud_api.errors import SetupError
from cloud_api.store.locations import Placed

COUNTRY = "DE"
GEONAMES = ("country", "plz", "place", *(f"admin{number}" for number in range(1, 7)), "lat", "lon", "accuracy")
"""Columns of GeoNames' postal code files, which have no heading."""
GEONAMES_MEMBER = "DE.txt"
EXPECTED = "expected a CSV with plz, place, lat and lon, or a file of GeoNames"
ATTRIBUTION = "Postal codes: GeoNames (geonames.org), CC BY 4.0, changed"


class PostalPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place with its postal code; there may be several of one code. `place` is empty where only the code is known."""

    code: str
    place: str
    latitude: float
    longitude: float


class PostalCodes:
    """The places of every postal code."""

    def __init__(self, places: Sequence[PostalPlace]) -> None:
        self._places: dict[str, list[PostalPlace]] = {}
        for place in places:
            self._places.setdefault(place.code, []).append(place)

    def find(self, address: wire.Address) -> Placed | None:
        """The middle of the places of that code and name, else of that code; none where it is not in the table."""
        places = self._places.get(address.postal_code) if address.country == COUNTRY else None
        if not places:
            return None
        named = [place for place in places if place.place.casefold() == address.city.casefold()]
        return Placed(
            latitude=fmean(place.latitude for place in named or places),
            longitude=fmean(place.longitude for place in named or places),
            precision="place" if named else "postal-code",
        )


def read_postal_codes(file: Path) -> list[PostalPlace]:
    """Read GeoNames' DE.zip or DE.txt, or a CSV with the columns plz, place, lat and lon. Raises SetupError."""
    try:
        places = list(_places(file, _text(file)))
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, KeyError) as error:
        raise SetupError(f"{file}: no table of postal codes that can be read ({type(error).__name__})") from error
    if not places:
        raise SetupError(f"{file}: no postal codes ({EXPECTED})")
    return places


def _text(file: Path) -> str:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return archive.read(GEONAMES_MEMBER).decode()
    return file.read_text(encoding="utf-8-sig")


def _places(file: Path, text: str) -> Iterator[PostalPlace]:
    rows = csv.DictReader(io.StringIO(text))
    if "\t" in text.partition("\n")[0]:
        rows = csv.DictReader(io.StringIO(text), fieldnames=GEONAMES, delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        try:
            place = {"code": row["plz"], "place": row["place"], "latitude": row["lat"], "longitude": row["lon"]}
            yield msgspec.convert(place, PostalPlace, strict=False)
        except (KeyError, msgspec.ValidationError) as error:
            raise SetupError(f"{file}, line {rows.line_num}: no postal code ({EXPECTED})") from error
