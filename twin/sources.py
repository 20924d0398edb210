"""Where recorded data come from. The one module besides the command line that loads ``adapters``, and only when asked.

The simulator needs recorded sales as plain arrays; which file format or package they come from is the adapters' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

COMPLETE_JOURNEY = "completejourney"


@dataclass(frozen=True)
class RecordedSales:
    """Sales as they were recorded, in order of time; arrays of one length.

    ``location`` and ``sku`` are indexes into ``locations`` and ``skus``; times are µs since the epoch. ``bad_rows`` were left out.
    """

    time: NDArray[np.int64]
    location: NDArray[np.int32]
    sku: NDArray[np.int32]
    quantity: NDArray[np.int64]
    locations: list[str]
    skus: list[str]
    bad_rows: int = 0
    bad_listed: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordedAssortment:
    """Pairs (location, SKU), each once; ``location`` and ``sku`` are indexes into ``locations`` and ``skus``."""

    location: NDArray[np.int32]
    sku: NDArray[np.int32]
    locations: list[str]
    skus: list[str]


def recorded_sales(
    source: str,
    start_us: int,
    end_us: int,
    *,
    columns: Mapping[str, str] | None = None,
    timezone: str | None = None,
    strict: bool = False,
) -> RecordedSales:
    """Sales of [start_us, end_us) from the Complete Journey data or a file."""
    import numpy as np

    if source == COMPLETE_JOURNEY:
        from adapters import completejourney

        feed = completejourney.sales(start_us, end_us)
    else:
        from adapters.feeds import read_feed

        feed = read_feed(Path(source), columns or {}, timezone=timezone, strict=strict).in_time_order()
    time = feed.values("time")
    first, last = np.searchsorted(time, [start_us, end_us])
    locations, location = feed.codes("location")
    skus, sku = feed.codes("sku")
    part = slice(int(first), int(last))
    return RecordedSales(
        time[part], location[part], sku[part], feed.values("quantity")[part].astype(np.int64), locations, skus,
        feed.bad_count, tuple(str(row) for row in feed.bad_rows[:20]),
    )  # fmt: skip


def products() -> pa.Table:
    """Items of the Complete Journey data: sku, category, price, cost (synthetic)."""
    from adapters import completejourney

    return completejourney.products()


def assortment() -> RecordedAssortment:
    """Each pair (location, sku) that sold in the year of the Complete Journey data."""
    from adapters import completejourney

    pairs = completejourney.assortment()
    locations, skus = (pairs[name].combine_chunks().dictionary_encode() for name in ("location", "sku"))
    return RecordedAssortment(
        locations.indices.to_numpy(), skus.indices.to_numpy(), locations.dictionary.to_pylist(), skus.dictionary.to_pylist()
    )


def stores() -> list[str]:
    """Ids of the stores of the Complete Journey data that sell."""
    from adapters import completejourney

    return list(completejourney.stores())


def table(path: str, columns: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Rows of a CSV, Parquet or JSONL file as mappings, with our names for the columns that ``columns`` maps."""
    import duckdb

    reader = {".csv": "read_csv", ".parquet": "read_parquet", ".jsonl": "read_json"}[
        Path(path).suffix.lower()
    ]
    options = ", all_varchar=true" if reader == "read_csv" else ""
    relation = (
        duckdb.connect().sql(f"select * from {reader}(?{options})", params=[str(path)]).to_arrow_table()
    )
    names = {theirs: ours for ours, theirs in (columns or {}).items()}
    rows: list[dict[str, Any]] = relation.rename_columns([names.get(name, name) for name in relation.column_names]).to_pylist()
    return rows
