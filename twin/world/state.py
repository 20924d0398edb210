"""The world's memory: what is on the shelves, what is measured of it, and the operations that are due."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba import carray
from numpy.typing import NDArray

from twin.clock import DAY, NEVER
from twin.compiled import inlined
from twin.memory import pointer

# A POS line that is due, in order of key.
SALE = np.dtype(
    [
        ("key", np.int64),
        ("cell", np.int32),
        ("sku", np.int32),
        ("quantity", np.int16),
        ("location", np.int16),
        (
            "told",
            np.uint32,
        ),  # until delivery the luck of its event on the way; from the sale on, the units sold
    ],
    align=True,
)
SHRINK_QUANTITY = 0  # a row that asks for nothing is one unit gone unseen

# The record hears of a POS line: when, and of which row of the sales.
ARRIVAL = np.dtype([("key", np.int64), ("row", np.int32), ("location", np.int32)], align=True)

# What the lane has pending itself: for now, backorders met that the record will hear of.
PENDING = np.dtype(
    [
        ("key", np.int64),
        ("event_time", np.int64),
        ("sequence", np.int64),
        ("cell", np.int32),
        ("units", np.int32),
    ],
    align=True,
)

# One page of the ledger: what a bucket did on a day. A sale touches the first cache line only; the rest is derived when the
# ledger is closed (demanded = sold + lost + backordered). A `*_us` column holds the sum of change x time left in the day.
PAGE = np.dtype(
    [
        ("lines", np.int64),
        ("sold", np.int64),
        ("on_hand_us", np.int64),
        ("revenue", np.float64),
        ("cost_of_goods", np.float64),
        ("value_us", np.float64),
        ("out_us", np.int64),
        ("out_net", np.int64),
        ("lines_short", np.int64),
        ("lost", np.int64),
        ("lost_value", np.float64),
        ("lost_margin", np.float64),
        ("backordered", np.int64),
        ("backfilled", np.int64),
        ("backorder_us", np.int64),
        ("shrunk", np.int64),
        ("received", np.int64),
        ("dispatched", np.int64),
        ("value_net", np.float64),  # all changes of value but sales
        ("spare", np.int64, 5),  # up to three whole cache lines
    ],
    align=True,
)


class Control(IntEnum):
    """Indexes into ``Shelves.control``: where the lane stands."""

    NEXT_SALE = 0
    NEXT_ARRIVAL = 1
    FIRST_SEQUENCE = 2  # sequence number of the first sale that was not carried over
    PAGE = 3  # first page of the day
    DAY_END = 4
    BY_CELL = 5  # 1: a bucket is a cell; 0: a (location, category) pair
    CATEGORIES = 6
    BACKORDERS = 7  # 1: what the shelf lacks is owed, 0: lost
    PENDING = 8  # entries in the calendar
    BACKFILLS = 9  # sequence number of the next backfill
    BUCKETS = 10
    DONE = 11  # entries in `done`


class Shelves(NamedTuple):
    """Arrays of the world, for ``n`` cells."""

    on_hand: NDArray[np.int32]  # (n,)
    backorders: NDArray[np.int32]  # (n,) or (1,) where nothing is ever owed
    category: NDArray[np.int16]  # per SKU
    price: NDArray[np.float64]  # per SKU
    cost: NDArray[np.float64]  # per SKU
    pages: NDArray[np.void]  # (days x buckets,) of PAGE
    pending: NDArray[np.void]  # binary heap of PENDING
    done: NDArray[np.void]  # entries of the heap that the record has heard of since this was last read
    latency: NDArray[np.int64]  # quantile table of the delay of backfills
    control: NDArray[np.int64]


class Operations(NamedTuple):
    """What is due in a stretch of days, each array sorted and closed by a row that is never due.

    The first ``carried.size`` sales happened in an earlier stretch and are only here because the record has yet to hear of them;
    ``carried`` holds their sequence numbers. The others are numbered from ``Control.FIRST_SEQUENCE`` on.
    """

    sales: NDArray[np.void]
    arrivals: NDArray[np.void]
    carried: NDArray[np.int64]


_I8, _I4, _I2, _F8 = np.int64, np.int32, np.int16, np.float64


@inlined()
def open_shelves(t: NDArray[np.int64]) -> Shelves:
    """The shelves behind a table made by ``twin.memory.table_of``; for kernels."""
    return Shelves(
        carray(pointer(t[0, 0]), (t[0, 1],), _I4),
        carray(pointer(t[1, 0]), (t[1, 1],), _I4),
        carray(pointer(t[2, 0]), (t[2, 1],), _I2),
        carray(pointer(t[3, 0]), (t[3, 1],), _F8),
        carray(pointer(t[4, 0]), (t[4, 1],), _F8),
        carray(pointer(t[5, 0]), (t[5, 1],), PAGE),
        carray(pointer(t[6, 0]), (t[6, 1],), PENDING),
        carray(pointer(t[7, 0]), (t[7, 1],), PENDING),
        carray(pointer(t[8, 0]), (t[8, 1],), _I8),
        carray(pointer(t[9, 0]), (t[9, 1],), _I8),
    )


@inlined()
def open_operations(t: NDArray[np.int64]) -> Operations:
    """The operations behind a table made by ``twin.memory.table_of``; for kernels."""
    return Operations(
        carray(pointer(t[0, 0]), (t[0, 1],), SALE),
        carray(pointer(t[1, 0]), (t[1, 1],), ARRIVAL),
        carray(pointer(t[2, 0]), (t[2, 1],), _I8),
    )


def no_operations() -> Operations:
    """Nothing due."""
    sales, arrivals = np.zeros(1, SALE), np.zeros(1, ARRIVAL)
    sales["key"] = arrivals["key"] = NEVER
    return Operations(sales, arrivals, np.zeros(0, np.int64))


def new_shelves(
    opening: NDArray[np.int32],
    *,
    days: int,
    buckets: int,
    by_cell: bool,
    categories: int,
    backorders: bool,
    start_us: int,
    category: NDArray[np.int16],
    price: NDArray[np.float64],
    cost: NDArray[np.float64],
    latency: NDArray[np.int64],
) -> Shelves:
    """Shelves filled with ``opening`` units a cell (taken over, not copied), and an empty ledger."""
    control = np.zeros(16, np.int64)
    control[Control.DAY_END] = start_us + DAY
    control[Control.BUCKETS] = buckets
    control[Control.BY_CELL] = by_cell
    control[Control.CATEGORIES] = categories
    control[Control.BACKORDERS] = backorders
    return Shelves(
        on_hand=opening,
        backorders=np.zeros(opening.size if backorders else 1, np.int32),
        category=category,
        price=price,
        cost=cost,
        pages=np.zeros(days * buckets, PAGE),
        pending=np.zeros(1024, PENDING),
        done=np.zeros(1024, PENDING),
        latency=latency,
        control=control,
    )
