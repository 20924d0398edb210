"""How fast a feed is read: five million rows of CSV, and the same with two rows in a hundred that cannot be read."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tests.bench.figures import Figure, repeated, wall

ROWS = 5_000_000
BAD = 100  # one row in so many, of each of two kinds


def feed(rows: int) -> pa.Table:
    """Four weeks of lines in 500 stores of 50,000 SKUs; the bad ones have no quantity."""
    draw = np.random.default_rng(1)
    stamps = np.datetime64("2026-10-20T00:00:00") + np.sort(draw.integers(0, 28 * 86_400, rows)).astype("m8[s]")
    return pa.table(
        {
            "time": pa.array(stamps).cast(pa.string()),
            "location": pa.array(draw.integers(1, 501, rows)).cast(pa.string()),
            "sku": pa.array(draw.integers(1, 50_001, rows)).cast(pa.string()),
            "quantity": pa.array(draw.integers(1, 5, rows)).cast(pa.string()),
        }
    )


def damaged(table: pa.Table) -> pa.Table:
    """The same with quantities and times that cannot be read."""
    rows = np.arange(table.num_rows)
    for column, first, wrong in (("quantity", 0, "none"), ("time", BAD // 2, "2026-02-31 10:00:00")):
        hit = pa.array(rows % BAD == first)
        values = pa.compute.if_else(hit, wrong, table[column])
        table = table.set_column(table.column_names.index(column), column, values)
    return table


def _seconds(path: Path) -> float:
    from adapters.feeds import read_feed

    return wall(lambda: read_feed(path, timezone="America/New_York"))


def measure(rows: int = ROWS) -> list[Figure]:
    """Rows a second for each form of a feed."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        table = feed(rows)
        for name, content in (("csv", table), ("csv, 2 % bad", damaged(table)), ("parquet", table)):
            path = Path(folder) / f"feed.{name.split(',')[0]}"
            write = pyarrow.parquet.write_table if path.suffix == ".parquet" else pyarrow.csv.write_csv
            write(content, path)
            best, _ = repeated(partial(_seconds, path), 3)
            figures.append(Figure(f"{name}: {rows:,} rows", best, "s"))
            figures.append(Figure(f"{name}: rows a second", rows / best / 1e6, "M rows/s"))
    return figures
