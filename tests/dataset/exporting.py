"""Making releases in tests, without a command between."""

from datetime import date
from pathlib import Path
from typing import Any

from cloud_api.dataset.export import export
from cloud_api.dataset.pseudonyms import key_of, naming
from cloud_api.dataset.release import Release, View
from cloud_api.dataset.summary import Summary
from cloud_api.folder.layout import DataFolder
from cloud_api.store.database import Database
from tests.dataset.virtual import Planted


async def release(
    folder: DataFolder, database: Database, out: Path, *, until: date, form: str = "parquet", **what: Any
) -> Summary:
    asked = Release(**{"name": "first", "view": View.RESEARCH, "until": until} | what)
    async with database.read() as connection:
        return await export(
            connection, asked, out, form=form, key=key_of(folder.dataset_key), progress=lambda _done, _whole: None
        )


def names_of(folder: DataFolder, planted: list[Planted], name: str = "first") -> dict[str, str]:
    """How a release calls the meters."""
    identify = naming(key_of(folder.dataset_key), name, revoked=False)
    return {str(meter.uuid): identify("meter", meter.uuid) for household in planted for meter in household.meters}
