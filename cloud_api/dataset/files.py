"""The files of a data set: the rows in Parquet, in CSV or in one SQLite database, with the same bytes each time."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from cloud_api.dataset.fields import Table
from cloud_api.dataset.schema import TABLES

GROUP = 131_072
"""Rows that are held until they are written together: what memory it takes however many there are."""
DATABASE = "dataset.sqlite"
ISO = "%Y-%m-%dT%H:%M:%SZ"
TYPES = {pa.bool_(): "INTEGER", pa.int32(): "INTEGER", pa.float64(): "REAL"}


class Writer(Protocol):
    """One file that rows are appended to."""

    def write_table(self, rows: pa.Table) -> None: ...
    def close(self) -> None: ...


class Files:
    """Takes rows table by table, month after month, and writes them in groups."""

    def __init__(self, folder: Path, *, form: str, personal: bool) -> None:
        self._folder = folder
        self._form = form
        self._schemas = {table.name: table.arrow(personal=personal) for table in TABLES}
        self._writers: dict[str, tuple[str, Writer]] = {}
        self._held: dict[str, list[pa.RecordBatch]] = {}
        self._database = _new_database(folder / DATABASE, self._schemas) if form == "sqlite" else None

    def write(self, table: Table, rows: pa.RecordBatch, *, month: str = "") -> None:
        """Take rows of a table; those of a month only once all of the month before have come."""
        name = table.name
        if name in self._writers and self._writers[name][0] != month:
            self._end(name)
        if name not in self._writers:
            self._writers[name] = month, self._writer(name, month)
        held = self._held.setdefault(name, [])
        held.append(rows.select(self._schemas[name].names))
        if sum(len(batch) for batch in held) >= GROUP:
            self._write(name)

    def write_rows(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        self.write(table, pa.RecordBatch.from_pylist(list(rows), schema=self._schemas[table.name]))

    def close(self) -> None:
        """Write what is held, and an empty file where a table has no rows."""
        for table in TABLES:
            if not (table.monthly or table.name in self._writers):
                self.write_rows(table, [])
        for name in list(self._writers):
            self._end(name)
        if self._database:
            self._database.close()

    def _write(self, name: str) -> None:
        rows = pa.Table.from_batches(self._held.pop(name, []), schema=self._schemas[name])
        self._writers[name][1].write_table(rows)

    def _end(self, name: str) -> None:
        if self._held.get(name):
            self._write(name)
        self._writers.pop(name)[1].close()

    def _writer(self, name: str, month: str) -> Writer:
        if self._database:
            return _InDatabase(self._database, name)
        ending = f"{name}/month={month}/part-0.{self._form}" if month else f"{name}.{self._form}"
        file = self._folder / ending
        file.parent.mkdir(parents=True, exist_ok=True)
        return _InText(file, self._schemas[name]) if self._form == "csv" else _parquet(file, self._schemas[name])


def _parquet(file: Path, schema: pa.Schema) -> pa.parquet.ParquetWriter:
    """Every property that has a say in the bytes is named, so that no default of a later day changes them."""
    return pa.parquet.ParquetWriter(
        file,
        schema,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        data_page_version="1.0",
        store_schema=True,
    )


class _InText:
    """Comma-separated values: moments in ISO 8601, nothing where nothing is known."""

    def __init__(self, file: Path, schema: pa.Schema) -> None:
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        self._writer = pyarrow.csv.CSVWriter(file, _texts(schema.empty_table()).schema, write_options=options)

    def write_table(self, rows: pa.Table) -> None:
        self._writer.write_table(_texts(rows))

    def close(self) -> None:
        self._writer.close()


class _InDatabase:
    """A table of the database. SQLite has no exact numbers: they are kept as those of double precision."""

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database = database
        self._name = name

    def write_table(self, rows: pa.Table) -> None:
        numbers = [
            pc.cast(column, pa.float64()) if pa.types.is_decimal(column.type) else column
            for column in _texts(rows).columns
        ]
        marks = ", ".join("?" * len(numbers))
        values = zip(*(column.to_pylist() for column in numbers), strict=True)
        with self._database:
            self._database.executemany(f'INSERT INTO "{self._name}" VALUES ({marks})', values)  # noqa: S608  # a name of the schema

    def close(self) -> None:
        """The database is closed with the last of its tables."""


def _new_database(file: Path, schemas: dict[str, pa.Schema]) -> sqlite3.Connection:
    database = sqlite3.connect(file, check_same_thread=False)  # rows come from several threads, one at a time
    database.execute("PRAGMA journal_mode = OFF")
    for table in TABLES:
        schema = schemas[table.name]
        columns = ", ".join(f'"{field.name}" {_type(field.type)}' for field in schema)
        database.execute(f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ({", ".join(table.key)})) WITHOUT ROWID')
    return database


def _type(kind: pa.DataType) -> str:
    return "REAL" if pa.types.is_decimal(kind) else TYPES.get(kind, "TEXT")


def _texts(rows: pa.Table) -> pa.Table:
    """Moments and days as the texts that ISO 8601 has for them."""
    columns = [
        pc.strftime(column, format=ISO)
        if pa.types.is_timestamp(column.type)
        else pc.strftime(column, format="%Y-%m-%d")
        if pa.types.is_date(column.type)
        else column
        for column in rows.columns
    ]
    return pa.table(columns, names=rows.column_names)
