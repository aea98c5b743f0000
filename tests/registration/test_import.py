"""Many households out of a file: a dry run that finds every mistake, and the step itself."""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from aiohttp import FormData

from cloud_api.pages.registration import importing, spreadsheet
from tests.cloud.asking import ask
from tests.cloud.running import Cloud, draft
from tests.registration.person import Page, Person
from tests.registration.test_households import ANSWERS

MISTAKES: dict[int, tuple[str, object]] = {
    5: ("name", ""),
    9: ("email", "erika"),
    17: ("street", None),
    23: ("house_number", "a\nb"),
    31: ("postal_code", "6519"),
    38: ("city", ""),
    44: ("country", "Germany"),
    52: ("latitude", "ninety"),
    61: ("longitude", 181),
    70: ("children", -1),
    79: ("adults", "two"),
    88: ("employed_adults", 3),
    97: ("ev_charger", "perhaps"),
    104: ("heat_pump", ""),
    113: ("meter_1_type", "WATER"),
    122: ("meter_1_model_number", "mt 681"),
    131: ("meter_2_device", 2),
    140: ("pv_1_nominal_power", 0),
    149: ("pv_1_installation_date", date(2031, 1, 1)),
    158: ("pv_1_tilt", 95),
    164: ("adults", "=1+1"),
    171: ("pv_1_meter", 1),
}
"""The rows of the sheet in which something is wrong, and what."""


def household(number: int) -> dict[str, object]:
    example = dict(zip(spreadsheet.columns(), spreadsheet.EXAMPLE, strict=True))
    changes: dict[str, object] = {
        "name": f"Person {number}",
        "email": f"person-{number}@example.org",
        "latitude": 50.08,
        "longitude": 8.24,
        "children": number % 4,
        "adults": 2,
        "pv_1_installation_date": date(2012, 6, 15),
    }
    return example | changes


def workbook(rows: list[dict[str, object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(spreadsheet.columns())
    for row in rows:
        sheet.append([row.get(column) for column in spreadsheet.columns()])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(rows: list[dict[str, object]], *, delimiter: str = ";") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, spreadsheet.columns(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


async def send(someone: Person, content: bytes, *, name: str = "households.xlsx") -> Page:
    form = FormData()
    form.add_field("csrf", someone.csrf)
    form.add_field("file", content, filename=name)
    return await someone.send("/import", form)


async def registered(cloud: Cloud) -> int:
    async with cloud.people() as client:
        _, body = await ask(client, "GET", "/management/register")
    total: int = body["total"]
    return total


def problems(page: Page) -> set[tuple[int, str]]:
    cells = page.text.split('data-label="Row">')[1:]
    return {(int(cell.partition("<")[0]), cell.partition("<code>")[2].partition("</code>")[0]) for cell in cells}


async def test_twenty_mistakes_among_two_hundred_households_are_all_found_and_nothing_else(
    cloud: Cloud, researcher: Person
) -> None:
    rows = [household(number) for number in range(2, 202)]
    for number, (column, value) in MISTAKES.items():
        rows[number - 2][column] = value

    page = await send(researcher, workbook(rows))

    assert page.status == 422
    assert problems(page) == {(number, column) for number, (column, _) in MISTAKES.items()}
    assert "22 problems; nothing was registered" in page.words
    assert "There is a formula without its result" in page.words
    assert 'data-label="In the file">mt 681</td>' in page.text
    assert await registered(cloud) == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv", "comma"])
async def test_a_file_without_mistakes_is_registered_once_it_was_looked_through(
    cloud: Cloud, researcher: Person, kind: str
) -> None:
    rows = [household(number) for number in range(2, 12)]
    content = workbook(rows) if kind == "xlsx" else table(rows, delimiter=";" if kind == "csv" else ",")

    page = await send(researcher, content)
    assert "10 households are fine." in page.words
    assert await registered(cloud) == 0
    page = await researcher.send("/import/now")

    assert "10 households are registered." in page.words
    assert await registered(cloud) == 10
    assert (await researcher.send("/import/now")).path == "/registration/import"
    assert await registered(cloud) == 10


async def test_a_row_tells_all_of_its_mistakes_at_once(researcher: Person) -> None:
    planted = {"email": "erika", "postal_code": "6519", "employed_adults": 3, "pv_1_meter": 1, "meter_1_type": "WATER"}
    row = household(2) | planted | {"pv_1_installation_date": date(2031, 1, 1)}

    found = {column for _, column in problems(await send(researcher, workbook([row])))}

    assert found == {"email", "postal_code", "employed_adults", "meter_1_type", "pv_1_installation_date"}


async def test_people_with_one_e_mail_address_are_a_mistake_in_the_file_or_beside_it(
    cloud: Cloud, researcher: Person
) -> None:
    await cloud.add_household(draft(participant={"name": "Max Muster", "email": "person-3@example.org"}))
    rows = [household(number) for number in range(2, 5)]
    rows[2]["email"] = rows[0]["email"]

    page = await send(researcher, workbook(rows))

    assert problems(page) == {(3, "email"), (4, "email")}


async def test_the_same_person_may_have_two_households(researcher: Person) -> None:
    rows = [household(2), household(2) | {"house_number": "7"}, household(2)]

    page = await send(researcher, workbook(rows))

    assert "3 households are fine." in page.words
    assert "or stand in an earlier row; each would be one more household: 4" in page.words


async def test_a_file_that_was_imported_before_is_told(cloud: Cloud, researcher: Person) -> None:
    await send(researcher, workbook([household(2), household(3)]))
    await researcher.send("/import/now")

    page = await send(researcher, workbook([household(2), household(3), household(4)]))

    assert "are registered already, or stand in an earlier row; each would be one more household: 2–3" in page.words
    answers = await researcher.send(
        "/household/new", ANSWERS | {"participant.name": "Person 2", "participant.email": "person-2@example.org"}
    )
    assert "This person is registered at this address already." in answers.words


def test_rows_that_follow_each_other_are_named_by_the_first_and_the_last() -> None:
    assert importing.spans([2, 3, 4, 9, 11, 12]) == "2–4, 9, 11–12"


async def test_a_meter_that_no_plugin_reads_is_told_and_does_no_harm(researcher: Person) -> None:
    page = await send(researcher, workbook([household(2) | {"meter_1_model_number": "FOO9"}]))

    assert page.status == 200
    assert "No plugin of ours reads a meter of these rows yet: 2 (FOO9)" in page.words


async def test_a_day_may_be_written_as_in_german(researcher: Person) -> None:
    rows = [
        household(2) | {"pv_1_installation_date": "4.3.2014"},
        household(3) | {"pv_1_installation_date": "31.2.2014"},
    ]

    assert problems(await send(researcher, workbook(rows))) == {(3, "pv_1_installation_date")}


async def test_addresses_that_are_found_nowhere_are_told_and_do_no_harm(researcher: Person) -> None:
    row = household(2) | {"latitude": "", "longitude": "", "postal_code": "00000", "city": "Nirgends"}

    page = await send(researcher, workbook([row]))

    assert page.status == 200
    assert "is found nowhere; their location can be set later: 2" in page.words


async def test_an_import_that_is_overtaken_stops_and_says_where(cloud: Cloud, researcher: Person) -> None:
    await send(researcher, workbook([household(2), household(3)]))
    await cloud.add_household(draft(participant={"name": "Max Muster", "email": "person-3@example.org"}))

    page = await researcher.send("/import/now")

    assert page.status == 409
    assert "The import stopped at household 2 of the file" in page.words
    assert "1 household before it is registered." in page.words


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_template_is_a_file_without_mistakes(researcher: Person, kind: str) -> None:
    template = await researcher.open(f"/import/households.{kind}")

    page = await send(researcher, template.content)

    assert "1 household is fine." in page.words
    assert (await researcher.open("/import/households.doc")).status == 404


def broken_workbook() -> bytes:
    return workbook([household(2)])[:-200]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The first row has to name the columns"),
        (b"name;email\r\n", "The file has no households below its first row."),
        (b"a;b\r\n1;2\r\n", "The first row has to name the columns"),
        (b"PK\x03\x04 no workbook", "The file is neither CSV nor XLSX."),
        (broken_workbook(), "The file is neither CSV nor XLSX."),
        (table([household(number) for number in range(1001)]), "The file has more than 1000 households"),
    ],
)
async def test_a_file_that_is_none_is_said_to_be(researcher: Person, content: bytes, words: str) -> None:
    page = await send(researcher, content)

    assert page.status == 422
    assert words in page.words


def test_old_programs_write_umlauts_in_their_own_way() -> None:
    sheet = spreadsheet.read("name;email\r\nJürgen;j@example.org\r\n".encode("cp1252"))

    assert sheet.rows[0].form["participant.name"] == "Jürgen"


def test_columns_that_are_none_of_ours_are_named() -> None:
    sheet = spreadsheet.read(b"name;email;shoe_size;meter_1_colour\r\nE;e@example.org;42;red\r\n")

    assert sheet.unknown == ["shoe_size", "meter_1_colour"]


@pytest.mark.parametrize("column", spreadsheet.columns())
def test_each_column_leads_to_its_field_and_back(column: str) -> None:
    field = spreadsheet.field_of(column)

    assert field
    assert spreadsheet.column_of(field) == column


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (True, "yes"), (False, "no"), (65195.0, "65195"), (9.8, "9.8"), (date(2012, 6, 15), "2012-06-15")],
)
def test_a_cell_is_read_as_it_is_shown(cell: Any, text: str) -> None:
    assert spreadsheet._text(cell) == text


def test_a_workbook_that_would_unpack_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST", 100)

    with pytest.raises(spreadsheet.SpreadsheetError, match="too large"):
        spreadsheet.read(workbook([household(2)]))
