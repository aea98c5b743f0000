"""The plain writer: the rows of a release once more into Parquet, timed alone, without where they came from."""

import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

TABLES = ("measurement", "quarter")
"""Those that grow with the measurements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many rows, and the seconds that writing them took."""

    rows: int
    seconds: float


def write(release: Path, out: Path) -> Written:
    """Write each table into one file, group by group as the release has them, compressed as it is."""
    rows, seconds = 0, 0.0
    out.mkdir()
    for name in TABLES:
        files = [pq.ParquetFile(file) for file in sorted((release / name).rglob("*.parquet"))]
        with pq.ParquetWriter(out / f"{name}.parquet", files[0].schema_arrow, compression="zstd") as writer:
            for file in files:
                for group in range(file.num_row_groups):
                    held = file.read_row_group(group)
                    begin = time.perf_counter()
                    writer.write_table(held)
                    seconds += time.perf_counter() - begin
                    rows += len(held)
                file.close()
            begin = time.perf_counter()
        seconds += time.perf_counter() - begin
    return Written(rows=rows, seconds=seconds)
