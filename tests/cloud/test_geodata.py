"""Geodata come from official files, joined by district key, and say what did not fit."""

import inspect
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cloud_api.cli import main
from cloud_api.clock import SystemClock
from cloud_api.errors import SetupError
from cloud_api.folder import making
from cloud_api.folder.layout import DataFolder
from cloud_api.privacy import defaults
from cloud_api.privacy.districts import join
from cloud_api.privacy.postal_codes import PostalCodes, PostalPlace, read_postal_codes
from cloud_api.privacy.regions import Regions
from cloud_api.privacy.shapes import read_layer
from cloud_api.privacy.workbook import read_workbook
from cloud_api.store.geodata import Content
from cloud_api.wire import Address
from tests.cloud.asking import ask
from tests.cloud.geodata import DENSITY, DISTRICTS, POSTAL_CODES, layer, official, workbook
from tests.cloud.running import Cloud

pytestmark = pytest.mark.both_databases

TWO = [{"key": "16063", "x": 10.0, "y": 51.0}, {"key": "16056", "x": 10.1, "y": 51.0}]
ADDRESS = Address(street="x", house_number="1", postal_code="65195", city="Wiesbaden", country="DE")


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions(join(read_layer(DISTRICTS), read_workbook(DENSITY)).regions)


@official
@pytest.mark.parametrize(
    ("latitude", "longitude", "nuts3", "density"),
    [
        (52.5219, 13.4132, "DE300", 4244),  # Berlin Alexanderplatz
        (48.1374, 11.5755, "DE212", 4861),  # München Marienplatz
        (50.08, 8.24, "DE714", 1401),  # Wiesbaden
        (53.07, 11.86, "DE40F", 35),  # Perleberg in the Prignitz
        (50.97, 10.32, "DEG0R", 116),  # Eisenach, in the Wartburgkreis since 2021
        (51.53, 9.93, "DE91C", 187),  # Göttingen
        (54.18, 7.885, "DEF09", 488),  # Helgoland, in Pinneberg
        (47.80, 13.04, "DE215", 129),  # Salzburg, across the border of Berchtesgadener Land
    ],
)
def test_places_are_found_in_the_official_files(
    regions: Regions, latitude: float, longitude: float, nuts3: str, density: float
) -> None:
    region = regions.at(latitude, longitude)
    assert region
    assert (region.nuts3, region.density) == (nuts3, density)


@official
@pytest.mark.parametrize(("latitude", "longitude"), [(48.86, 2.35), (54.6, 6.5), (-90, 0), (90, 180)])
def test_far_from_any_district_there_is_no_region(regions: Regions, latitude: float, longitude: float) -> None:
    assert regions.at(latitude, longitude) is None


@official
def test_the_official_files_join_whole() -> None:
    joined = join(read_layer(DISTRICTS), read_workbook(DENSITY))
    assert (len(joined.regions), joined.without_density, joined.without_outline) == (400, [], [])
    assert joined.attributions == [
        "© GeoBasis-DE / BKG 2021 (Daten verändert)",
        "© Statistisches Bundesamt (Destatis), 2024; Gemeindeverzeichnis-Informationssystem GV-ISys, "
        "Gebietsstand 31.12.2023",
    ]


@pytest.mark.skipif(not find_spec(defaults.DISTRICTS), reason=f"the package {defaults.DISTRICTS} is not installed")
def test_a_package_carries_districts_for_the_first_minute() -> None:
    content = defaults.districts()
    assert content
    assert content.entries == 401
    assert content.attributions[0] == "© GeoBasis-DE / BKG 2019 (Daten verändert)"


def test_a_district_that_the_table_no_longer_knows_is_part_of_its_successor(tmp_path: Path) -> None:
    joined = join(
        read_layer(layer(tmp_path / "a.zip", TWO)),
        read_workbook(workbook(tmp_path / "b.xlsx", [("16063", 10, 100, 10)])),
    )
    [region] = joined.regions
    assert (region.ags, region.nuts3, region.name) == ("16063", "DEG0R", "Name 16063")
    assert all(Regions([region]).at(51.05, longitude) for longitude in (10.05, 10.15))


def test_people_of_a_district_that_the_outlines_no_longer_know_count_with_its_successor(tmp_path: Path) -> None:
    joined = join(
        read_layer(layer(tmp_path / "a.zip", TWO[:1])),
        read_workbook(workbook(tmp_path / "b.xlsx", [("16056", 100, 40_000, 400), ("16063", 900, 110_000, 122)])),
    )
    assert [(region.ags, region.density) for region in joined.regions] == [("16063", 150)]


def test_two_years_before_a_reform_stay_as_they_were(tmp_path: Path) -> None:
    rows = [("16056", 100, 40_000, 400.0), ("16063", 900, 110_000, 122.0)]
    joined = join(read_layer(layer(tmp_path / "a.zip", TWO)), read_workbook(workbook(tmp_path / "b.xlsx", rows)))
    assert [(region.ags, region.nuts3, region.density) for region in joined.regions] == [
        ("16056", "DE000", 400),
        ("16063", "DE000", 122),
    ]


def test_on_a_border_the_lower_key_has_the_point(tmp_path: Path) -> None:
    rows = [("16056", 100, 40_000, 400.0), ("16063", 900, 110_000, 122.0)]
    joined = join(read_layer(layer(tmp_path / "a.zip", TWO)), read_workbook(workbook(tmp_path / "b.xlsx", rows)))
    region = Regions(joined.regions).at(51.05, 10.1)
    assert region
    assert region.ags == "16056"


def test_water_is_no_land_and_older_layers_name_the_key_differently(tmp_path: Path) -> None:
    records = [{"key": "01001", "x": 9.0, "y": 54.0, "gf": 2}, {"key": "01001", "x": 9.5, "y": 54.0}]
    found = read_layer(layer(tmp_path / "a.zip", records, key="RS"))
    assert found.outlines["01001"].shape.bounds == pytest.approx((9.5, 54.0, 9.6, 54.1))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"no zip at all"])
def test_what_is_no_file_of_that_kind_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "strange"
    file.write_bytes(content)
    for read in (read_layer, read_workbook, read_postal_codes):
        with pytest.raises(SetupError, match="strange"):
            read(file)


def test_a_layer_without_districts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no districts"):
        read_layer(layer(tmp_path / "a.zip", [{"key": "1", "x": 9.0, "y": 54.0}]))


def test_a_workbook_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no table of districts"):
        read_workbook(workbook(tmp_path / "b.xlsx", []))


def test_a_figure_that_is_none_is_named_by_its_row(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="row 5: expected numbers above 0"):
        read_workbook(workbook(tmp_path / "b.xlsx", [("01001", 0, 1, 1)]))


def test_files_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no district key in common"):
        join(
            read_layer(layer(tmp_path / "a.zip", TWO)),
            read_workbook(workbook(tmp_path / "b.xlsx", [("01001", 1, 1, 1)])),
        )


@pytest.mark.parametrize(
    "text",
    [
        "plz,place,lat,lon\n65195,Wiesbaden,50.1,8.2\n",
        "DE\t65195\tWiesbaden\tHessen\tHE\t\t00\tWiesbaden\t06414\t50.1\t8.2\t4\n",
    ],
)
def test_postal_codes_are_read_in_both_forms(tmp_path: Path, text: str) -> None:
    wiesbaden = [PostalPlace(code="65195", place="Wiesbaden", latitude=50.1, longitude=8.2)]
    file = tmp_path / "codes"
    file.write_text(text)
    assert read_postal_codes(file) == wiesbaden
    with zipfile.ZipFile(tmp_path / "DE.zip", "w") as archive:
        archive.writestr("DE.txt", text)
    assert read_postal_codes(tmp_path / "DE.zip") == wiesbaden


def test_a_line_that_is_no_postal_code_is_named(tmp_path: Path) -> None:
    file = tmp_path / "codes"
    file.write_text("plz,place,lat,lon\n65195,Wiesbaden,north,8.2\n")
    with pytest.raises(SetupError, match="line 2: no postal code"):
        read_postal_codes(file)


@official
def test_an_address_is_found_by_code_and_place_then_by_code_alone() -> None:
    table = PostalCodes(read_postal_codes(POSTAL_CODES))
    named = table.find(ADDRESS)
    assert named
    assert named.precision == "place"
    assert (named.latitude, named.longitude) == pytest.approx((50.08, 8.24), abs=0.1)
    other = table.find(Address(street="x", house_number="1", postal_code="65195", city="Nowhere", country="DE"))
    assert other
    assert other.precision == "postal-code"
    for unknown in ({"postal_code": "00000", "country": "DE"}, {"postal_code": "65195", "country": "AT"}):
        assert table.find(Address(street="x", house_number="1", city="x", **unknown)) is None


async def test_researchers_see_which_geodata_are_held(cloud: Cloud, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("plz,place,lat,lon\n65195,Wiesbaden,50.1,8.2\n")
    give(cloud, "--postal-codes", file)
    async with cloud.people() as people:
        status, held = await ask(people, "GET", "/management/geodata")
    assert status == 200
    [codes] = [source for source in held["geodata"] if source["kind"] == "postal-codes"]
    assert (codes["entries"], codes["attributions"]) == (
        1,
        ["Postal codes: GeoNames (geonames.org), CC BY 4.0, changed"],
    )


async def test_what_did_not_join_is_told(cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    districts = layer(tmp_path / "a.zip", [*TWO, {"key": "01001", "x": 9.5, "y": 54.0}])
    density = workbook(tmp_path / "b.xlsx", [("16063", 900, 110_000, 122.0), ("01002", 1, 1, 1)])
    assert give(cloud, "--districts", districts, "--density", density) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "districts: 1 joined"
    assert told[1].endswith("a.zip: district 01001 is not in the other file")
    assert told[2].endswith("b.xlsx: district 01002 is not in the other file")


@pytest.mark.parametrize("given", [[], ["--districts", "nothing.zip"]])
async def test_half_of_what_belongs_together_is_refused(
    cloud: Cloud, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert give(cloud, *given) == 1
    assert "--districts and --density" in capsys.readouterr().err


async def test_a_failed_import_changes_nothing(cloud: Cloud, tmp_path: Path) -> None:
    districts = layer(tmp_path / "a.zip", TWO)
    density = workbook(tmp_path / "b.xlsx", [("16063", 900, 110_000, 122.0)])
    codes = tmp_path / "codes.csv"
    codes.write_text("no\nheading\n")
    before = await held(cloud)
    assert give(cloud, "--districts", districts, "--density", density, "--postal-codes", codes) == 1
    assert await held(cloud) == before
    assert give(cloud, "--districts", districts, "--density", density) == 0
    assert await held(cloud) != before


async def held(cloud: Cloud) -> Any:
    async with cloud.people() as people:
        return (await ask(people, "GET", "/management/geodata"))[1]


def give(cloud: Cloud, *arguments: object) -> int:
    return run("geodata", "import", *arguments, "--data", cloud.folder.path, *cloud.options)


def run(*arguments: object) -> int:
    """A command in a thread of its own, as it begins a loop of its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(main, [str(argument) for argument in arguments]).result()


@pytest.mark.parametrize("default", defaults.DEFAULTS.values())
def test_without_the_packages_there_is_no_default(
    default: Callable[[], Content | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defaults, "find_spec", lambda _name: None)
    assert inspect.unwrap(default)() is None


async def test_init_without_the_packages_says_so_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "DEFAULTS", {"districts": lambda: None})
    folder = DataFolder(tmp_path / "cloud")
    said = await making.init(folder, names=[], database=folder.database, clock=SystemClock())
    assert said[-1] == "districts: none; `cloud-api geodata import` takes the official files"


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "b.xlsx")
    with pytest.raises(SetupError, match="expected a column I"):
        read_workbook(tmp_path / "b.xlsx")
