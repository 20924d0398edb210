"""The world's memory: what is on the shelves, what is measured of it, and the operations that are due."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, NEVER
from twin.compiled import inlined
from twin.kpis.ledger import LAG_BINS
from twin.memory import spread
from twin.opened import array_at

# A POS line that is due, in order of key.
SALE = np.dtype(
    [
        ("key", np.int64),
        ("cell", np.int32),
        ("sku", np.int32),
        ("quantity", np.int16),
        ("location", np.int16),
        ("told", np.uint32),  # until delivery the luck of its event on the way; from the sale on, the units sold
        ("sequence", np.int32),  # number among the lines of its location
        ("spare", np.int32),  # half a cache line in all
    ],
    align=True,
)
SHRINK_QUANTITY = 0  # a row that asks for nothing is one unit gone unseen

# The record hears of a POS line: when, of which row of the sales, and whether for the second time.
ARRIVAL = np.dtype([("key", np.int64), ("row", np.int32), ("location", np.int16), ("copy", np.int16)], align=True)

# The operations of a location, or where a shelf may call on the network between two of its events, of all of them: their own
# clock, which runs ahead of the others until somebody looks.
TRACK = np.dtype(
    [
        ("next_sale", np.int64),  # indexes into the operations
        ("next_arrival", np.int64),
        ("page", np.int64),  # first page of its day
        ("day_end", np.int64),  # µs
        ("sales", np.int64),  # where its sales of this stretch begin, those carried over left out
        ("sales_end", np.int64),  # and their closing row
        ("arrivals", np.int64),
        ("arrivals_end", np.int64),
    ],
    align=True,
)

# What the lane has pending itself: for now, backorders met that the record will hear of.
PENDING = np.dtype(
    [
        ("key", np.int64),
        ("event_time", np.int64),
        ("sequence", np.int64),
        ("cell", np.int32),
        ("units", np.int32),
        ("location", np.int32),
        ("later_round", np.int32),  # 1 where it happened after the first round of its instant
    ],
    align=True,
)

# What the till knows of a SKU.
ITEM = np.dtype([("price", np.float64), ("cost", np.float64), ("category", np.int64)], align=True)

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
        ("picked", np.int64),  # for web orders
        ("restocked", np.int64),
        ("out_open_us", np.int64),  # as `out_us`, of opening hours alone; of cells only
        ("spare", np.int64, 2),  # up to three whole cache lines
    ],
    align=True,
)


class Control(IntEnum):
    """Indexes into ``Shelves.control``: what holds for the whole lane."""

    BY_CELL = 0  # 1: a bucket is a cell; 0: a (location, category) pair
    CATEGORIES = 1
    BUCKETS = 2
    BACKORDERS = 3  # 1: what the shelf lacks is owed, 0: lost
    PENDING = 4  # entries in the calendar
    DONE = 5  # entries in `done`
    BACKFILLS = 6  # sequence number of the next backfill
    LAGS_FROM = 7  # µs; of what happened earlier the delay is not measured


class Shelves(NamedTuple):
    """Arrays of the world, for ``n`` cells."""

    on_hand: NDArray[np.int32]  # (n,)
    backorders: NDArray[np.int32]  # (n,) or (1,) where nothing is ever owed
    items: NDArray[np.void]  # of ITEM, per SKU
    pages: NDArray[np.void]  # (days x buckets,) of PAGE
    pending: NDArray[np.void]  # binary heap of PENDING
    done: NDArray[np.void]  # entries of the heap that the record has heard of since this was last read
    latency: NDArray[np.int64]  # quantile table of the delay of backfills
    lags: NDArray[np.int64]  # histogram of record time - event time of what was told
    tracks: NDArray[np.void]  # of TRACK: one a location, or a single one for all
    control: NDArray[np.int64]
    hours: NDArray[np.int64]  # (days, locations, 2) when in the day a location opens, µs, and for how long; by cell only


class Operations(NamedTuple):
    """What is due in a stretch of days, track by track, each sorted and closed by a row that is never due.

    A track's first sales may have happened in an earlier stretch and be here only because the record has yet to hear of them.
    """

    sales: NDArray[np.void]
    arrivals: NDArray[np.void]


_I8, _I4 = np.int64, np.int32


@inlined()
def open_shelves(t: NDArray[np.int64]) -> Shelves:
    """The shelves behind a table made by ``twin.memory.table_of``; for kernels."""
    return Shelves(
        array_at(t, 0, _I4, 1),
        array_at(t, 1, _I4, 1),
        array_at(t, 2, ITEM, 1),
        array_at(t, 3, PAGE, 1),
        array_at(t, 4, PENDING, 1),
        array_at(t, 5, PENDING, 1),
        array_at(t, 6, _I8, 1),
        array_at(t, 7, _I8, 1),
        array_at(t, 8, TRACK, 1),
        array_at(t, 9, _I8, 1),
        array_at(t, 10, _I8, 3),
    )


@inlined()
def open_operations(t: NDArray[np.int64]) -> Operations:
    """The operations behind a table made by ``twin.memory.table_of``; for kernels."""
    return Operations(
        array_at(t, 0, SALE, 1),
        array_at(t, 1, ARRIVAL, 1),
    )


def no_operations() -> Operations:
    """Nothing due."""
    sales, arrivals = np.zeros(1, SALE), np.zeros(1, ARRIVAL)
    sales["key"] = arrivals["key"] = NEVER
    return Operations(sales, arrivals)


def new_shelves(
    opening: NDArray[np.integer[Any]],
    *,
    tracks: int,
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
    hours: NDArray[np.int64],
    lags_from: int = 0,
) -> Shelves:
    """Shelves filled with ``opening`` units a cell, and an empty ledger."""
    control = np.zeros(len(Control), np.int64)
    control[Control.LAGS_FROM] = lags_from
    items = np.zeros(price.size, ITEM)
    items["price"], items["cost"], items["category"] = price, cost, category
    clocks = np.zeros(tracks, TRACK)
    clocks["day_end"] = start_us + DAY
    control[Control.BUCKETS] = buckets
    control[Control.BY_CELL] = by_cell
    control[Control.CATEGORIES] = categories
    control[Control.BACKORDERS] = backorders
    on_hand = spread(opening.size, np.int32)
    on_hand[:] = opening
    return Shelves(
        on_hand=on_hand,
        backorders=spread(opening.size if backorders else 1, np.int32),
        items=items,
        pages=np.zeros(days * buckets, PAGE),
        pending=np.zeros(1024, PENDING),
        done=np.zeros(1024, PENDING),
        latency=latency,
        lags=np.zeros(LAG_BINS, np.int64),
        tracks=clocks,
        control=control,
        hours=hours,
    )
