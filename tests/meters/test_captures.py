"""Recordings of real meters, read to the numbers that their README gives; skipped where they are not at hand."""

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from edge_app.metering import POWER, Quantity
from edge_app.metering.derive import complete
from edge_app.metering.units import to_quantity
from edge_app.model.obis import Obis
from edge_app.model.reading import Reading
from tests.meters.hearing import MODELS, believed

CAPTURES = Path(__file__).parents[3] / "shared" / "captures"
WRONG_MESSAGES = "EMH_smllib-frameonly2.sml.bin"
"""The README gives its numbers; its messages have wrong checksums, so that nobody may believe them."""
WRONG_SIGN = "DZG_DVS-7412.2_jmberg.sml.bin"
"""The README gives its power as sent; the status word says that it is unsigned."""
PLUGINS = {
    "MT175": {"MT175", "MT681"},
    "MT681": {"MT175", "MT681"},
    "MT175 or MT681": {"MT175", "MT681"},
    "EMH eHZ": {"EHZ"},
    "eBZ DD3": {"DD3"},
    "EASY": {"EASY"},
    "other": set[str](),
}

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the folder shared/captures is not beside the project")


@cache
def rows() -> list[list[str]]:
    """The rows of all tables in the README, by cells."""
    text = (CAPTURES / "README.md").read_text(encoding="utf-8") if CAPTURES.is_dir() else ""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if ".bin`" in line]


def name(row: list[str]) -> str:
    return row[0].strip("`")


TOLD = {name(row): row[1:] for row in rows() if len(row) == 3}
"""What the first and the last telegram of each file say."""
PLUGIN = {name(row): row[3] for row in rows() if len(row) > 3}
WHOLE = {name(row): row[4] for row in rows() if len(row) > 3}
CHECKSUMS = {name(row): row[5] for row in rows() if len(row) > 3}


def heard(file: str, *, step: int | None = None) -> list[Reading]:
    return [complete(reading) for _, reading in believed((CAPTURES / file).read_bytes(), step=step)]


def numbers(cell: str) -> dict[Obis, Quantity]:
    found = re.findall(r"([\d.]+) = (-?[\d.]+) (\S+?)(?:,|$)", cell)
    return {Obis.parse(code): to_quantity(Decimal(value), unit) for code, value, unit in found}


def test_the_readme_tells_of_every_recording() -> None:
    files = {file.name for file in CAPTURES.glob("*.bin")}
    assert files
    assert TOLD.keys() == PLUGIN.keys() == files


@pytest.mark.parametrize("file", TOLD)
def test_reads_the_numbers_of_its_readme(file: str) -> None:
    readings = heard(file)
    for cell, reading in zip(TOLD[file], (readings[:1], readings[-1:]), strict=True):
        if expected := numbers(cell) if file != WRONG_MESSAGES else {}:
            if file == WRONG_SIGN:
                expected[POWER] = to_quantity(Decimal("356.24"), "W")
            assert {code: reading[0].registers[code] for code in expected} == expected


@pytest.mark.parametrize("file", CHECKSUMS)
def test_believes_as_many_telegrams_as_have_right_checksums(file: str) -> None:
    right = re.search(r"transport right (\d+)", CHECKSUMS[file])
    whole = int(right[1]) if right else int(WHOLE[file]) if file.endswith(".d0.bin") else 0
    assert len(heard(file)) == (0 if file == WRONG_MESSAGES else whole)


@pytest.mark.parametrize("file", [file for file, cells in TOLD.items() if cells[0] == "no telegram passes"])
def test_a_damaged_recording_yields_nothing(file: str) -> None:
    assert heard(file) == []


@pytest.mark.parametrize("file", TOLD)
def test_is_read_the_same_in_pieces_of_any_size(file: str) -> None:
    assert heard(file, step=1) == heard(file, step=7) == heard(file)


@pytest.mark.parametrize("file", PLUGIN)
def test_is_recognised_by_the_plugin_that_the_readme_names_and_by_no_other(file: str) -> None:
    for reading in heard(file):
        recognising = {model for model, meter in MODELS.items() if meter().recognises(reading)}
        assert recognising == PLUGINS[PLUGIN[file]]
