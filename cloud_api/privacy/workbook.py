"""The official workbook of districts (Destatis, GV-ISys, table "04-kreise"): area and population by district key."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cloud_api.errors import SetupError

KEY = re.compile(r"\d{5}")
STATE = re.compile(r"Gebietsstand:\s*(\d\d\.\d\d\.(\d{4}))")
PUBLISHED = re.compile(r"\(Destatis\),\s*(\d{4})")
DENSITY_HEADING = "je km2"
COLUMNS = 9
"""A to I: key, kind, name, NUTS 3 code, area in km², people, men, women, people per km²."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """How many people live in a district, on how many km²; `density` is the published figure, in people per km²."""

    ags: str
    nuts3: str
    name: str
    area: float
    people: int
    density: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """Every district of one table, the day it stands for, and the year that it was published in."""

    districts: dict[str, Population]
    state: str
    published: int


def read_workbook(file: Path) -> Workbook:
    """Raises SetupError, naming the file, the row and what was expected."""
    try:
        with file.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=True)
            sheets = [
                [row[:COLUMNS] for row in sheet.iter_rows(values_only=True, max_col=COLUMNS)]
                for sheet in book.worksheets
            ]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, InvalidFileException) as error:
        raise SetupError(f"{file}: no workbook that can be read ({type(error).__name__})") from error
    for rows in sheets:
        if any(DENSITY_HEADING in str(row[-1]) for row in rows if len(row) == COLUMNS):
            return _workbook(file, rows)
    raise SetupError(f"{file}: no table of districts (expected a column I with the heading {DENSITY_HEADING!r})")


def _workbook(file: Path, rows: Iterable[tuple[Any, ...]]) -> Workbook:
    districts: dict[str, Population] = {}
    state, state_year, published = "", 0, 0
    for number, row in enumerate(rows, start=1):
        if isinstance(row[0], str):
            if KEY.fullmatch(row[0]):
                districts[row[0]] = _district(file, number, row)
            elif found := STATE.search(row[0]):
                state, state_year = found.group(1), int(found.group(2))
            elif found := PUBLISHED.search(row[0]):
                published = int(found.group(1))
    if not districts or not state:
        raise SetupError(f"{file}: no table of districts (expected keys of five digits and a Gebietsstand)")
    return Workbook(districts=districts, state=state, published=published or state_year)


def _district(file: Path, number: int, row: tuple[Any, ...]) -> Population:
    key, _kind, name, nuts3, area, people, _men, _women, density = row
    if not all(isinstance(figure, (int, float)) and figure > 0 for figure in (area, people, density)):
        raise SetupError(f"{file}, row {number}: expected numbers above 0 for area, people and people per km²")
    return Population(
        ags=key, nuts3=str(nuts3 or ""), name=str(name), area=float(area), people=int(people), density=float(density)
    )
