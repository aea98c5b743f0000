"""Geodata for tests: the official files where they lie beside the project, and small ones made by hand."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapefile

OFFICIAL = Path(__file__).parents[3] / "shared" / "geodata"
DISTRICTS = OFFICIAL / "bkg_vg5000_krs_2021-01-01.gk3.zip"
DENSITY = OFFICIAL / "destatis_04-kreise_2023-12-31.xlsx"
POSTAL_CODES = OFFICIAL / "postal_codes_germany.csv"
WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]'
)

official = pytest.mark.skipif(not DISTRICTS.exists(), reason=f"the official files are not in {OFFICIAL}")


def layer(file: Path, records: Sequence[Mapping[str, Any]], *, key: str = "AGS", projection: str = WGS84) -> Path:
    """A zip with a layer of districts: squares of a tenth of a degree, at `x` and `y`."""
    parts = {part: BytesIO() for part in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts) as writer:
        for name in (key, "GEN", "NUTS"):
            writer.field(name, "C", 40)
        writer.field("GF", "N", 1)
        writer.field("WSK", "D")
        for record in records:
            x, y = record["x"], record["y"]
            writer.poly([[(x, y), (x, y + 0.1), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y)]])
            writer.record(record["key"], f"Kreis {record['key']}", record.get("nuts", "DE000"), record.get("gf", 4))
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in parts.items():
            archive.writestr(f"ebenen/VG250_KRS.{part}", content.getvalue())
        archive.writestr("ebenen/VG250_KRS.prj", projection)
        archive.writestr("aktualitaet.txt", "01.01.2024")
    return file


def workbook(file: Path, rows: Sequence[tuple[str, float, int, float]]) -> Path:
    """A workbook of key, area, people and density, with what else is in the official one."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Kreise")
    for row in (
        ("Kreisfreie Städte und Landkreise",),
        ("Gebietsstand: 31.12.2023",),
        (None, None, None, None, None, "insgesamt", "männlich", "weiblich", "je km2"),
        ("01", "Schleswig-Holstein"),
        *((key, "Kreis", f"Name {key}", "DE000", area, people, 1, 1, density) for key, area, people, density in rows),
        ("     Statistisches Bundesamt (Destatis), 2024",),
    ):
        sheet.append(row)
    book.save(file)
    return file
