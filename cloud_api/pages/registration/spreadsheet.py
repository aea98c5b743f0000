"""Households in a CSV or XLSX file, one a row: columns become fields of the questionnaire."""

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cloud_api.pages.registration.questionnaire import Form

MOST_ROWS = 1000
LARGEST = 64 * 1024 * 1024
"""Bytes of a workbook once it is unpacked."""
COLUMNS = {
    **{name: f"participant.{name}" for name in ("name", "email")},
    **{name: f"address.{name}" for name in ("street", "house_number", "postal_code", "city", "country")},
    **{name: f"location.{name}" for name in ("latitude", "longitude")},
    **{
        name: f"metadata.{name}"
        for name in ("children", "adults", "employed_adults", "ev_charger", "heat_pump", "home_battery")
    },
}
"""Columns that every household has one of, and the fields that they fill."""
NUMBERED = {
    "device": ("measurement_devices", ("name",)),
    "meter": ("meters", ("type", "model_number", "device")),
    "pv": ("pv_systems", ("nominal_power", "azimuth", "tilt", "installation_date", "meter")),
}
"""Columns that are numbered from 1, such as meter_2_type."""
REFERENCES = {"device": "measurement_device", "meter": "meter"}
"""Columns that name another part of the household by its number."""
_NUMBERED = re.compile(r"(device|meter|pv)_([1-9]\d?)_(\w+)")
_SHEET, _FORMULA = re.compile(r"^xl/worksheets/"), re.compile(rb"<f[ >]")
TEMPLATE_ROWS = {"device": 1, "meter": 3, "pv": 2}
ANSWERS = ("ev_charger", "heat_pump", "home_battery")
UNANSWERED = "-"
"""What stands for an empty cell where a form would take it for no."""
UNREAD = "\N{NULL}"
"""What stands for a formula of which the file does not hold the result; no cell can hold it."""
EXAMPLE = (
    *("Erika Mustermann", "erika@example.org", "Musterweg", "4a", "65195", "Wiesbaden", "DE", "", ""),
    *("2", "2", "1", "yes", "no", "yes"),
    "cellar",
    *("ELECTRICITY", "MT681", "1", "PV-GENERATION", "EHZ", "1", "", "", ""),
    *("9.8", "180", "35", "2012-06-15", "2", "", "", "", "", ""),
)


class SpreadsheetError(Exception):
    """The file is none that can be read; the text says why, as a sentence of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A household of the file: the number of its row as the program shows it, and its fields."""

    number: int
    form: Form
    cells: Form
    """What stands in the cell of each field."""
    formulas: frozenset[str] = frozenset()
    """The fields whose cells have a formula and no result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything of a file: its households, and columns that are none of ours."""

    rows: list[Row]
    unknown: list[str]


def read(content: bytes) -> Sheet:
    """Raises SpreadsheetError where it is no CSV or XLSX, or has no households."""
    lines = _workbook(content) if content.startswith(b"PK") else _csv(content)
    head = [_text(cell).strip().lower() for cell in next(lines, [])]
    fields = [field_of(column) for column in head]
    if "participant.email" not in fields:
        raise SpreadsheetError("The first row has to name the columns, as in the template.")
    rows = []
    for number, cells in enumerate(lines, start=2):
        values = [_text(cell).strip() for cell in cells]
        present = ["" if value == UNREAD else value for value in values]
        if any(present):
            written = {field: value for field, value in zip(fields, values, strict=False) if field}
            formulas = frozenset(field for field, value in written.items() if value == UNREAD)
            rows.append(Row(number=number, form=_form(fields, present), cells=written, formulas=formulas))
        if len(rows) > MOST_ROWS:
            raise SpreadsheetError("The file has more than 1000 households; please divide it.")
    if not rows:
        raise SpreadsheetError("The file has no households below its first row.")
    return Sheet(rows=rows, unknown=[name for name, field in zip(head, fields, strict=True) if name and not field])


def field_of(column: str) -> str | None:
    """The field that a column fills."""
    numbered = _NUMBERED.fullmatch(column)
    if numbered and numbered[3] in NUMBERED[numbered[1]][1]:
        section = NUMBERED[numbered[1]][0]
        return f"{section}.{int(numbered[2]) - 1}.{REFERENCES.get(numbered[3], numbered[3])}"
    return COLUMNS.get(column)


def column_of(field: str) -> str:
    """The column that fills a field."""
    section, _, rest = field.partition(".")
    for word, (name, _columns) in NUMBERED.items():
        if name == section and rest:
            place, _, last = rest.partition(".")
            return f"{word}_{int(place) + 1}_{'device' if last == 'measurement_device' else last}"
        if name == section:
            return f"{word}_1_name"
    return rest or section


def columns() -> list[str]:
    """The columns of the template."""
    numbered = [
        f"{word}_{number}_{name}"
        for word, (_, names) in NUMBERED.items()
        for number in range(1, TEMPLATE_ROWS[word] + 1)
        for name in names
    ]
    return [*COLUMNS, *numbered]


def template_csv() -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([columns(), EXAMPLE])
    return text.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "households"
    sheet.append(columns())
    sheet.append(EXAMPLE)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(columns(), start=1):
        sheet.cell(row=1, column=place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(name) + 2)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _form(fields: Sequence[str | None], values: Sequence[str]) -> Form:
    """A row's fields; of a numbered part, only where something stands in it. References count from 1 there."""
    form = {field: value for field, value in zip(fields, values, strict=False) if field}
    found = {f"metadata.{name}": UNANSWERED for name in ANSWERS if not form.get(f"metadata.{name}")}
    for field, value in form.items():
        if field in found:
            continue
        stem, _, last = field.rpartition(".")
        numbered = stem.count(".") == 1
        if numbered and not any(form[other] for other in form if other.startswith(f"{stem}.")):
            continue
        reference = numbered and last in REFERENCES.values() and value.isascii() and value.isdigit()
        found[field] = str(int(value) - 1) if reference else value
    return found


def _csv(content: bytes) -> Iterator[Sequence[object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = text.partition("\n")[0]
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=max(";,\t", key=head.count))
    except csv.Error as error:
        raise SpreadsheetError("The file is neither CSV nor XLSX.") from error


def _workbook(content: bytes) -> Iterator[Sequence[object]]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
            if size > LARGEST:
                raise SpreadsheetError("The workbook is too large.")
            formulas = any(_FORMULA.search(archive.read(name)) for name in archive.namelist() if _SHEET.search(name))
    except zipfile.BadZipFile as error:
        raise SpreadsheetError("The file is neither CSV nor XLSX.") from error
    try:
        with closing(openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)) as book:
            if not formulas:
                yield from book.worksheets[0].iter_rows(values_only=True)
                return
            with closing(openpyxl.load_workbook(BytesIO(content), read_only=True)) as written:
                both = (each.worksheets[0].iter_rows(values_only=True) for each in (book, written))
                for results, sources in zip(*both, strict=True):
                    yield [_result(*cell) for cell in zip(results, sources, strict=True)]
    except Exception as error:  # whatever a broken workbook makes of the library
        raise SpreadsheetError("The file is neither CSV nor XLSX.") from error


def _result(result: object, source: object) -> object:
    """A cell's value; where it is a formula that no program has worked out yet, UNREAD."""
    return UNREAD if result is None and isinstance(source, str) and source.startswith("=") else result


def _text(cell: object) -> str:
    """What a cell shows: a whole number without a point, a day without a time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
