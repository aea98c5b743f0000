"""`datapackage.json`: the data set as Frictionless describes it, so that tools find files, fields and keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from cloud_api.dataset.fields import Field, Kind, Table
from cloud_api.dataset.files import DATABASE
from cloud_api.dataset.release import Release
from cloud_api.dataset.schema import TABLES

TYPES = {
    Kind.TEXT: "string",
    Kind.NUMBER: "number",
    Kind.COUNT: "integer",
    Kind.EXACT: "number",
    Kind.MOMENT: "datetime",
    Kind.DAY: "date",
    Kind.YES_NO: "boolean",
}
MEDIA = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv", "sqlite": "application/vnd.sqlite3"}
REFERS = {"household": "household", "meter": "meter"}
"""Fields that name a row of another table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A file of the data set."""

    path: str
    size: int
    sha256: str


def package(release: Release, files: Sequence[Described], *, form: str, attributions: Sequence[str]) -> bytes:
    """The description, indented for people."""
    document: dict[str, Any] = {
        "name": f"zaehlwerk-{release.name.lower()}",
        "title": f"Zählwerk, release {release.name}",
        "version": release.name,
        "description": f"Measurements of household electricity meters, {release.view} view; codebook.en.md says more.",
        "contributors": [{"title": release.authors, "role": "author"}],
        "sources": [{"title": line} for line in attributions],
        "resources": [
            resource
            for table in TABLES
            if (resource := _resource(table, release, [file for file in files if _holds(file.path, table)], form))
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def _holds(path: str, table: Table) -> bool:
    return path == DATABASE or path.partition("/")[0].partition(".")[0] == table.name


def _resource(table: Table, release: Release, files: Sequence[Described], form: str) -> dict[str, Any] | None:
    if not files:
        return None
    first, *others = [file.path for file in files]
    found: dict[str, Any] = {
        "name": table.name,
        "type": "table",
        "title": table.en,
        "path": first,
        "format": form,
        "mediatype": MEDIA[form],
    }
    if form == "sqlite":
        found |= {"path": f"sqlite:///{first}", "format": "sql", "dialect": {"sql": {"table": table.name}}}
    if others:  # size and hash are of one file; SHA256SUMS has those of each
        found["extrapaths"] = others
    else:
        found |= {"bytes": files[0].size, "hash": f"sha256:{files[0].sha256}"}
    fields = table.visible(personal=release.personal)
    return found | {
        "schema": {
            "fields": [_field(field, table) for field in fields],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": [field.name], "reference": {"resource": REFERS[field.name], "fields": [field.name]}}
                for field in fields
                if field.name in REFERS and field.name != table.name
            ],
        }
    }


def _field(field: Field, table: Table) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "type": TYPES[field.kind], "description": field.en}
    constraints: dict[str, Any] = {}
    if field.always:
        constraints["required"] = True
    if field.words:
        constraints["enum"] = list(field.words)
    if constraints:
        found["constraints"] = constraints
    if field.unit:
        found["unit"] = field.unit
    if field.kind is Kind.MOMENT:
        found["format"] = "any"
    return found
