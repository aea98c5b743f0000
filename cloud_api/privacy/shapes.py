"""The official shapefile of districts (BKG, layer KRS of VG250 and VG5000): outlines by district key, in WGS 84."""

import re
import struct
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapefile
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cloud_api.errors import SetupError

LAYER = re.compile(r"(?:^|[/_])KRS\d?\.shp$", re.IGNORECASE)
LAND = {4, 9}
"""Values of the field GF: 4 is land, 9 is unspecified in the coarse layer; the others are water."""
KEYS = ("AGS", "RS", "ARS")
"""Fields that may hold the district key; older layers have no AGS."""
KEY = re.compile(r"\d{5}")
STATE, YEAR = "aktualitaet.txt", re.compile(rb"\d\d\.\d\d\.(\d{4})")
WGS84 = 4326


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The land of a district. `nuts3` is the code of the layer's own year."""

    ags: str
    nuts3: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Every district of one layer, and the year of its state, which the attribution names."""

    outlines: dict[str, Outline]
    year: int


def read_layer(file: Path) -> Layer:
    """Read a zip of the publisher, or a .shp with its neighbours. Raises SetupError, naming the file and why."""
    try:
        parts = _from_zip(file) if zipfile.is_zipfile(file) else _from_folder(file)
        with shapefile.Reader(shp=BytesIO(parts["shp"]), dbf=BytesIO(parts["dbf"]), encoding="utf-8") as reader:
            layer = _layer(reader, parts["prj"].decode(), parts.get("year"))
    except KeyError as error:
        raise SetupError(f"{file}: no layer of districts (expected *_KRS.shp with .dbf and .prj)") from error
    except (
        OSError,
        ValueError,
        IndexError,
        struct.error,
        zipfile.BadZipFile,
        shapefile.ShapefileException,
        ProjError,
        shapely.errors.ShapelyError,
    ) as error:
        raise SetupError(f"{file}: no shapefile that can be read ({type(error).__name__})") from error
    if not layer.outlines:
        raise SetupError(f"{file}: no districts (expected a field AGS or RS with five digits)")
    return layer


def _from_zip(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        found = sorted(name for name in names if LAYER.search(name))
        if not found:
            raise KeyError(LAYER.pattern)
        stem = found[0].removesuffix("shp")
        parts = {part: archive.read(names[stem + part]) for part in ("shp", "dbf", "prj")}
        states = [name for name in names if name.endswith(STATE)]
        return parts | ({"year": archive.read(names[states[0]])} if states else {})


def _from_folder(file: Path) -> dict[str, bytes]:
    parts = {part: file.with_suffix(f".{part}").read_bytes() for part in ("shp", "dbf", "prj")}
    with suppress(FileNotFoundError):
        parts["year"] = (file.parent / STATE).read_bytes()
    return parts


def _layer(reader: shapefile.Reader, projection: str, state: bytes | None) -> Layer:
    to_wgs84 = Transformer.from_crs(CRS.from_wkt(projection), WGS84, always_xy=True)

    def unproject(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_wgs84.transform(points[:, 0], points[:, 1]))

    parts: dict[str, list[BaseGeometry]] = {}
    facts: dict[str, dict[str, Any]] = {}
    newest = 0
    for found in reader.iterShapeRecords():
        fields = found.record.as_dict()
        key = next((str(fields[name]) for name in KEYS if fields.get(name)), "")
        if not KEY.fullmatch(key) or int(fields.get("GF") or min(LAND)) not in LAND:
            continue
        newest = max([newest, *(fields[name].year for name in ("BEGINN", "WSK") if fields.get(name))])
        parts.setdefault(key, []).append(shapely.make_valid(shape(found.shape.__geo_interface__)))
        facts.setdefault(key, fields)
    year = YEAR.search(state or b"")
    return Layer(
        outlines={
            key: Outline(
                ags=key,
                nuts3=str(facts[key].get("NUTS") or ""),
                name=str(facts[key].get("GEN") or key),
                shape=shapely.transform(shapely.union_all(parts[key]), unproject),
            )
            for key in sorted(parts)
        },
        year=int(year.group(1)) if year else newest,
    )
