"""Where recorded data come from. The one module besides the command line that loads ``adapters``, and only when asked.

The simulator needs recorded sales as plain arrays; which file format or package they come from is the adapters' business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

COMPLETE_JOURNEY = "completejourney"
_BYTES_OF_TEXT = 40  # of a row, about
SHOWN = 20  # bad rows of a feed that a run names one by one; from Python a feed lists a thousand


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
        feed.bad_count, tuple(str(row) for row in feed.bad_rows[:SHOWN]),
    )  # fmt: skip


@dataclass(frozen=True)
class RecordedOrders:
    """Lines of web orders as they were recorded, in order of time; arrays of one length.

    All but times and quantities are indexes into the lists. ``zone`` and ``pickup`` are None where the file has no such column, and
    -1 where a row says nothing. ``bad_rows`` were left out.
    """

    time: NDArray[np.int64]  # µs since the epoch
    order: NDArray[np.int32]
    sku: NDArray[np.int32]
    quantity: NDArray[np.int64]
    zone: NDArray[np.int32] | None
    pickup: NDArray[np.int32] | None
    skus: list[str]
    zones: list[str]
    locations: list[str]
    bad_rows: int
    bad_listed: tuple[str, ...]


def recorded_orders(source: str, *, columns: Mapping[str, str] | None, timezone: str | None, strict: bool) -> RecordedOrders:
    """The web orders of a file."""
    import numpy as np

    from adapters.orders import read_orders

    feed = read_orders(Path(source), columns or {}, timezone=timezone, strict=strict).in_time_order()
    _, order = feed.codes("order")
    skus, sku = feed.codes("sku")
    there = {name: feed.codes(name) for name in ("zone", "pickup") if name in feed.table.column_names}
    zones, zone = there.get("zone", ([], None))
    locations, pickup = there.get("pickup", ([], None))
    return RecordedOrders(
        feed.values("time"), order, sku, feed.values("quantity").astype(np.int64), zone, pickup, skus, zones, locations,
        feed.bad_count, tuple(str(row) for row in feed.bad_rows[:SHOWN]),
    )  # fmt: skip


def rows_of(source: str) -> int:
    """About how many rows the Complete Journey data or a file has, without reading them."""
    import pyarrow.parquet as pq

    if source == COMPLETE_JOURNEY:
        return 1_500_000
    path = Path(source)
    if not path.is_file():
        return 0
    if path.suffix.lower() == ".parquet":
        try:
            return int(pq.read_metadata(path).num_rows)
        except (OSError, ValueError):  # whoever reads it says what is wrong
            return 0
    return path.stat().st_size // _BYTES_OF_TEXT


@dataclass(frozen=True)
class RecordedEvents:
    """Events as they were recorded, in the order of the file; arrays of one length.

    ``numbers`` are the columns of ``twin.events.COLUMNS`` that hold numbers, as far as the file has them; ``location`` and ``sku``
    are indexes into ``locations`` and ``skus``. ``lines`` says where in the file a row stands. Rows that could not be read are
    counted in ``bad_rows``; the first of them are in ``bad_listed``, each with its line.
    """

    path: Path
    numbers: dict[str, NDArray[np.int64]]
    location: NDArray[np.int32]
    sku: NDArray[np.int32]
    locations: list[str]
    skus: list[str]
    lines: NDArray[np.int64]
    rows_read: int
    bad_rows: int
    bad_listed: list[tuple[int, str]]


def recorded_events(feed: Path, columns: Mapping[str, str] | None = None) -> RecordedEvents:
    """The events of a file, or of a run's ``events`` folder; see ``adapters.recorded.read_events``."""
    import numpy as np

    from adapters.recorded import read_events

    read = read_events(feed, columns or {})
    table = read.table
    coded = {name: table[name].combine_chunks() for name in ("location", "sku")}
    numbers = {
        name: np.asarray(table[name].combine_chunks()) for name in table.column_names if name not in coded
    }
    codes = {name: np.asarray(column.indices, np.int32) for name, column in coded.items()}
    return RecordedEvents(
        read.path, numbers, codes["location"], codes["sku"], coded["location"].dictionary.to_pylist(),
        coded["sku"].dictionary.to_pylist(), read.lines, read.rows_read, read.bad.count,
        [(row.line, str(row)) for row in read.bad.listed],
    )  # fmt: skip


def say_bad_rows(name: str, count: int, listed: Sequence[str]) -> list[str]:
    """Lines that count the bad rows of a feed and name the first of them; none where there is none."""
    if not count:
        return []
    shown = [f"  {row}" for row in listed[:SHOWN]]
    more = [f"  … and {count - len(shown):,} more"] if count > len(shown) else []
    return [f"{count:,} rows of {name} could not be read and were left out:", *shown, *more]


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

    from scenarios.errors import ScenarioError, Where, listing, nearest_name

    reader = {".csv": "read_csv", ".parquet": "read_parquet", ".jsonl": "read_json"}[
        Path(path).suffix.lower()
    ]
    options = ", all_varchar=true" if reader == "read_csv" else ""
    try:
        found = duckdb.connect().sql(f"select * from {reader}(?{options})", params=[str(path)]).to_arrow_table()
    except duckdb.Error as problem:
        said = str(problem).splitlines()[0]
        raise ScenarioError("cannot be read", where=Where(str(path)), found=said, expected="a table") from None
    for ours, theirs in (columns or {}).items():
        if theirs not in found.column_names:
            raise ScenarioError(
                "no such column", where=Where(str(path), 1), path=f"columns.{ours}", found=f'"{theirs}"',
                expected=f"one of {listing(found.column_names, 40)}", nearest=nearest_name(theirs, found.column_names),
            )  # fmt: skip
    names = {theirs: ours for ours, theirs in (columns or {}).items()}
    rows: list[dict[str, Any]] = found.rename_columns([names.get(name, name) for name in found.column_names]).to_pylist()
    return rows
