"""Releases: the same bytes each time, three forms, two views, and what a revocation between two of them leaves."""

import asyncio
import csv
import hashlib
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import frictionless
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from cloud_api.dataset.pseudonyms import key_of
from cloud_api.dataset.release import View
from cloud_api.errors import SetupError
from cloud_api.folder.layout import DataFolder
from cloud_api.privacy.anonymise import anonymise
from cloud_api.privacy.atlas import Atlas
from cloud_api.store import consents
from cloud_api.store.database import Database
from tests.dataset.exporting import release
from tests.dataset.virtual import Planted, fresh_folder, seed

SINCE, DAYS = date(2026, 5, 30), 4
UNTIL = SINCE + timedelta(days=DAYS)
OTHERWISE = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "1", "LC_ALL": "C"}
PERSON = ("Max Muster", "@example.org", "Musterweg", "65195", "50.08")


@dataclass(kw_only=True)
class Group:
    """A cloud with two households, and releases of theirs."""

    folder: DataFolder
    database: Database
    planted: list[Planted]
    here: Path

    async def release(self, out: str, **what: object) -> Path:
        await release(self.folder, self.database, self.here / out, until=UNTIL, **what)
        return self.here / out

    async def revoke(self, household: UUID) -> None:
        async with self.database.write() as connection:
            await consents.revoke(connection, household, at=datetime(2026, 6, 3, 12, tzinfo=UTC))
            await anonymise(connection, household, atlas=Atlas())


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted]]:
    """A cloud's folder to be copied, as planting takes a while."""
    path = tmp_path_factory.mktemp("seeded") / "cloud"

    async def make() -> list[Planted]:
        folder = await fresh_folder(path)
        async with Database.open(folder.database) as database:
            return await seed(database, since=SINCE, days=DAYS, count=2)

    return path, asyncio.run(make())


@pytest.fixture
async def group(tmp_path: Path, seeded: tuple[Path, list[Planted]]) -> AsyncIterator[Group]:
    shutil.copytree(seeded[0], tmp_path / "cloud")
    folder = DataFolder(tmp_path / "cloud")
    async with Database.open(folder.database) as database:
        yield Group(folder=folder, database=database, planted=seeded[1], here=tmp_path)


def files(release: Path) -> dict[str, str]:
    """Every file by what is in it."""
    return {
        str(file.relative_to(release)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(release.rglob("*"))
        if file.is_file()
    }


@pytest.mark.parametrize("form", ["parquet", "csv", "sqlite"])
async def test_the_same_snapshot_gives_the_same_bytes(group: Group, form: str) -> None:
    first = files(await group.release("one", form=form))
    assert first == files(await group.release("two", form=form))
    sums = dict(reversed(line.split("  ")) for line in (group.here / "one" / "SHA256SUMS").read_text().splitlines())
    assert sums == {name: found for name, found in first.items() if name != "SHA256SUMS"}


async def test_a_copy_elsewhere_gives_the_same_bytes(group: Group) -> None:
    """Of folder and database, exported by another process: with other time zone, hashes, cores and working folder."""
    key_of(group.folder.dataset_key)
    made = []
    for name, settings in (("one", {"TZ": "UTC", "PYTHONHASHSEED": "1"}), ("two", OTHERWISE)):
        here = group.here / name
        shutil.copytree(group.folder.path, here / "data")
        words = ("export", "--data", "data", "--out", "out", "--to", str(UNTIL), "--release", "A")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cloud_api", *words), cwd=here, env={**os.environ, **settings}
        )
        assert await asyncio.wait_for(process.wait(), 60) == 0
        made.append(files(here / "out"))
    assert made[0] == made[1]


async def test_every_form_holds_the_same_rows(group: Group) -> None:
    parquet, text, database = [await group.release(form, form=form) for form in ("parquet", "csv", "sqlite")]
    connection = sqlite3.connect(database / "dataset.sqlite")
    for table in ("household", "meter", "pv_system", "flag", "measurement", "quarter"):
        monthly = (parquet / table).is_dir()
        whole = ds.dataset(parquet / (table if monthly else f"{table}.parquet")).to_table()
        stored = connection.execute(f"SELECT * FROM {table}").fetchall()
        parts = sorted((text / table).rglob("*.csv")) if monthly else [text / f"{table}.csv"]
        written = [row for part in parts for row in csv.reader(part.read_text().splitlines())]
        assert whole.num_rows == len(stored) == len(written) - len(parts), table
        assert written[0] == whole.schema.names
    drawn = sum(value or 0 for value in ds.dataset(parquet / "quarter").to_table()["energy_in"].to_pylist())
    assert connection.execute("SELECT sum(energy_in) FROM quarter").fetchone()[0] == pytest.approx(drawn)
    connection.close()


async def test_the_description_is_valid_and_the_data_are_as_described(group: Group) -> None:
    out = await group.release("out", form="csv")
    report = frictionless.Package(str(out / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])[:5]
    for form in ("parquet", "sqlite"):
        described = json.loads((await group.release(form, form=form) / "datapackage.json").read_text())
        assert not list(frictionless.Package.metadata_validate(described))
        names = [resource["name"] for resource in described["resources"]]
        assert names == ["household", "meter", "pv_system", "measurement", "quarter", "flag"]
    citation = (out / "CITATION.cff").read_text()
    assert 'date-released: "2026-06-03"' in citation


async def test_the_codebook_knows_every_field_in_both_languages(group: Group) -> None:
    out = await group.release("out", view=View.PERSONAL)
    for language in ("de", "en"):
        words = (out / f"codebook.{language}.md").read_text()
        for table in ("household", "quarter", "measurement"):
            source = next((out / table).rglob("*.parquet")) if (out / table).is_dir() else out / f"{table}.parquet"
            assert all(f"| `{name}` |" in words for name in pq.read_schema(source).names)


async def test_the_research_view_tells_nobody_who_or_where_somebody_is(group: Group) -> None:
    out = await group.release("out", form="csv")
    content = "\n".join(file.read_text() for file in out.rglob("*") if file.is_file())
    assert not [word for word in PERSON if word in content]
    for household in group.planted:
        uuids = [household.uuid, *(meter.uuid for meter in household.meters)]
        assert not [uuid for uuid in uuids if str(uuid) in content or uuid.hex in content]
    rows = list(csv.DictReader((out / "household.csv").read_text().splitlines()))
    assert {row["region"] for row in rows} == {"DE714"}
    assert {row["region_name"] for row in rows} <= {"Wiesbaden, Landeshauptstadt", "Wiesbaden"}


async def test_the_personal_view_holds_those_alone_whose_consent_stands(group: Group) -> None:
    gone, here = group.planted
    await group.revoke(gone.uuid)
    rows = pq.read_table(await group.release("out", view=View.PERSONAL) / "household.parquet").to_pylist()
    assert [row["household"] for row in rows] == [str(here.uuid)]
    assert rows[0]["name"] == "Max Muster"
    assert rows[0]["latitude"] == 50.08


@pytest.mark.parametrize("form", ["csv", "sqlite"])
async def test_no_byte_of_a_release_leads_to_who_has_revoked(group: Group, form: str) -> None:
    gone = group.planted[0]
    uuids = [gone.uuid, *(meter.uuid for meter in gone.meters)]
    marks = [mark for uuid in uuids for mark in (str(uuid).encode(), uuid.hex.encode(), uuid.bytes)]

    async def content(name: str, view: View) -> bytes:
        out = await group.release(name, form=form, view=view)
        return b"".join(file.read_bytes() for file in out.rglob("*") if file.is_file())

    assert str(gone.uuid).encode() in await content("before", View.PERSONAL)
    await group.revoke(gone.uuid)
    personal, research = await content("personal", View.PERSONAL), await content("research", View.RESEARCH)
    assert not [mark for mark in marks if mark in personal or mark in research]
    assert not [word for word in PERSON if word.encode() in research]


async def test_a_choice_of_households_and_days(group: Group) -> None:
    one = group.planted[0]
    chosen = frozenset({one.uuid})
    out = await group.release("out", since=SINCE + timedelta(days=2), households=chosen, view=View.PERSONAL)
    quarters = ds.dataset(out / "quarter").to_table()
    assert set(quarters["meter"].to_pylist()) == {str(meter.uuid) for meter in one.meters}
    assert sorted(path.name for path in (out / "quarter").iterdir()) == ["month=2026-06"]
    assert min(quarters["slot"].to_pylist()) == datetime(2026, 6, 1, tzinfo=UTC)
    empty = await group.release("none", households=frozenset())
    assert pq.read_table(empty / "household.parquet").num_rows == 0


async def test_identifiers_are_others_in_each_release_unless_they_are_kept(group: Group) -> None:
    async def meters(out: str, **what: object) -> set[str]:
        return set(pq.read_table(await group.release(out, **what) / "meter.parquet")["meter"].to_pylist())

    assert not await meters("a", name="2026-06") & await meters("b", name="2026-07")
    assert await meters("c", name="2026-06", identifiers="panel") == await meters(
        "d", name="2026-07", identifiers="panel"
    )


async def test_what_a_revocation_between_two_releases_leaves_to_be_linked(group: Group) -> None:
    """Neither names nor details link the two, not even where identifiers are kept, and no measurements are left."""
    gone = group.planted[0]
    before = await group.release("before", name="2026-06", identifiers="panel")
    await group.revoke(gone.uuid)
    after = await group.release("after", name="2026-07", identifiers="panel")

    def table(release: Path, name: str) -> list[dict[str, object]]:
        return pq.read_table(release / f"{name}.parquet").to_pylist()

    known = {row["household"] for row in table(before, "household")}
    [revoked] = [row for row in table(after, "household") if row["consent"] == "revoked"]
    assert revoked["household"] not in known
    for name, key in (("meter", "meter"), ("pv_system", "pv_system")):
        mine = {row[key] for row in table(after, name) if row["household"] == revoked["household"]}
        assert mine
        assert not mine & {row[key] for row in table(before, name)}
    [system] = [row for row in table(after, "pv_system") if row["household"] == revoked["household"]]
    assert (system["nominal_power"], system["installation_date"]) == (10, date(2012, 1, 1))

    assert (revoked["consent_from"], revoked["consent_to"]) == (date(2026, 1, 1), date(2026, 1, 1))
    [*meters] = [row for row in table(after, "meter") if row["household"] == revoked["household"]]
    assert {row[name] for row in meters for name in ("expected", "missing", "late", "completeness")} == {None}

    def series(release: Path) -> set[tuple[object, ...]]:
        columns = ["time", "register", "value"]
        return set(map(tuple, ds.dataset(release / "measurement").to_table(columns=columns).to_pandas().to_numpy()))

    def households(release: Path) -> set[str]:
        return set(ds.dataset(release / "quarter").to_table(columns=["household"])["household"].to_pylist())

    assert series(after) < series(before)
    assert revoked["household"] not in households(after)
    controlled = await group.release("controlled", name="2026-07", identifiers="panel", revoked_series=True)
    assert series(controlled) == series(before)  # which lead to it, whatever it is called
    assert revoked["household"] in households(controlled)
    assert "is right in 100% of first guesses among the 1 that revoked" in (after / "datacard.en.md").read_text()


async def test_a_release_is_whole_or_not_there(group: Group) -> None:
    out = await group.release("out")
    with pytest.raises(SetupError, match="is there already"):
        await group.release("out")
    assert not (out.parent / ".out.part").exists()
    (group.here / "file").write_text("")
    with pytest.raises(SetupError, match="cannot be written"):
        await group.release("file/out")
