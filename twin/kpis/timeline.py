"""Daily series of every location: what ``timeline.parquet`` holds.

The warm-up is included (a reader wants to see it end). Flows are totals of a day, levels its exact means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from twin.kpis.calendar import MOST_TIMES
from twin.kpis.exact import exact_sum
from twin.kpis.frame import Words, arrow_head
from twin.kpis.ledger import COUNT, DAY_US, MONEY, Labels, Ledger
from twin.kpis.orders import NODE, NODE_MONEY

if TYPE_CHECKING:
    import pyarrow as pa

FLOWS = (
    "lines", "demanded", "sold", "lost", "backordered", "backfilled", "shrunk", "received", "dispatched", "picked", "restocked",
)  # fmt: skip
MONEY_FLOWS = ("revenue", "lost_value")
LEVELS = {"on_hand": "on_hand_us", "backorders": "backorder_us", "cells_out": "out_us"}
# Of web orders: measure and field of WebLedger.nodes.
NODE_FLOWS = {"orders": "assigned", "shipments": "shipments", "delivered": "delivered", "collected": "collected",
              "rejected_lines": "rejects", "returned": "returned_units"}  # fmt: skip
_Daily: TypeAlias = NDArray[np.int64] | NDArray[np.float64]  # shape (days, buckets)

MEASURES = (
    *FLOWS, *MONEY_FLOWS, *LEVELS, "inventory_value", "inbound", "orders_placed", "trips", *NODE_FLOWS, "shipping_cost",
)  # fmt: skip


@dataclass(frozen=True)
class Timeline:
    """Rows of one length: at which day of which location which measure had which value.

    ``time_us`` is the start of the day (µs since the Unix epoch, UTC) and ``interval_us`` its length: 24
    hours, but several days in one where there are more than ten years of them. Values are units, but for
    ``revenue``, ``lost_value``, ``inventory_value`` and ``shipping_cost`` (money), ``cells_out`` (cells with
    nothing on hand), ``lines``, ``rejected_lines``, ``orders_placed`` (with suppliers), ``trips``, and, of the web,
    ``orders`` (or parts of one, given to the location), ``shipments``, ``delivered`` and ``collected`` (counts).
    """

    time_us: NDArray[np.int64]
    interval_us: NDArray[np.int64]
    kind: Words
    location: Words
    measure: Words
    value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.value)

    def series(self, location: str, measure: str) -> NDArray[np.float64]:
        """One series, a value a day; empty where it is zero all the time."""
        if location not in self.location.words:
            return np.empty(0)
        at = self.location.codes == self.location.words.index(location)
        of = self.measure.codes == self.measure.words.index(measure)
        found: NDArray[np.float64] = self.value[at & of]
        return found

    def to_arrow(self, *, variant: str, replication: int) -> pa.Table:
        """Rows of ``timeline.parquet``: variant, replication, time, interval_us, kind, location, measure,
        value."""
        import pyarrow as pa

        body = {
            "time": pa.array(self.time_us).cast(pa.timestamp("us", tz="UTC")),
            "interval_us": pa.array(self.interval_us),
            "kind": self.kind.to_arrow(),
            "location": self.location.to_arrow(),
            "measure": self.measure.to_arrow(),
            "value": pa.array(self.value),
        }
        return pa.table(arrow_head(variant, replication, len(self)) | body)


def timeline(ledger: Ledger, labels: Labels) -> Timeline:
    """Lay out the daily series of every location; a series that is zero all the time is left out.

    Returns
    -------
    Timeline
        Ordered by measure, then location, then day.
    """
    times = Times.of(ledger.days)
    table = by_location(ledger, len(labels.locations), times)
    present = [np.flatnonzero(table[name].any(axis=0)) for name in MEASURES]
    series = sum(len(p) for p in present)
    locations = np.repeat(np.concatenate(present), len(times)).astype(np.int32)
    codes = np.arange(len(MEASURES), dtype=np.int32)
    kinds = tuple(dict.fromkeys(labels.kinds))
    kind_of = np.array([kinds.index(kind) for kind in labels.kinds], dtype=np.int32)
    return Timeline(
        time_us=np.tile(ledger.start_us + DAY_US * times.first_days, series),
        interval_us=np.tile(times.lengths_us, series),
        kind=Words(kind_of[locations], kinds),
        location=Words(locations, tuple(labels.locations)),
        measure=Words(np.repeat(codes, [len(p) * len(times) for p in present]), MEASURES),
        value=np.concatenate([table[m][:, p].T.ravel() for m, p in zip(MEASURES, present, strict=True)]),
    )


@dataclass(frozen=True)
class Times:
    """The times of a timeline: days, or as many days in one as keep their number within ``MOST_TIMES``."""

    first_days: NDArray[np.int64]
    lengths_us: NDArray[np.int64]

    @classmethod
    def of(cls, days: int, most: int = MOST_TIMES) -> Times:
        """Cut a horizon into at most ``most`` times; the last may be shorter than the others."""
        first_days = np.arange(0, days, -(-days // most), dtype=np.int64)
        return cls(first_days, np.diff(first_days, append=days) * DAY_US)

    def __len__(self) -> int:
        return len(self.first_days)


def by_location(ledger: Ledger, locations: int, times: Times) -> dict[str, NDArray[np.float64]]:
    """Each measure as an array of shape (times, locations), warm-up included."""
    location, lengths_us = ledger.buckets.location, times.lengths_us[:, np.newaxis]

    def spread(values: _Daily) -> NDArray[np.float64]:
        return _by_time(_by_place(values, location, locations), times)

    table = {name: spread(ledger.counts[:, :, COUNT[name]]) for name in FLOWS}
    table |= {name: spread(ledger.money[:, :, MONEY[name]]) for name in MONEY_FLOWS}
    table |= {name: spread(ledger.counts[:, :, COUNT[field]]) / lengths_us for name, field in LEVELS.items()}
    table["inventory_value"] = spread(ledger.money[:, :, MONEY["value_us"]]) / lengths_us
    table["inbound"] = _by_time(ledger.inbound_us.astype(np.float64), times) / lengths_us
    placed = [(order.placed_us, order.destination) for order in ledger.purchase_orders]
    left = [(trip.departed_us, trip.origin) for trip in ledger.trips]
    table["orders_placed"] = _by_time(_tally(ledger, placed, locations), times)
    table["trips"] = _by_time(_tally(ledger, left, locations), times)
    return _with_web(table, ledger, times)


def _with_web(table: dict[str, NDArray[np.float64]], ledger: Ledger, times: Times) -> dict[str, NDArray[np.float64]]:
    """Add what web orders did at each location; zeros where there are none."""
    if ledger.web is None:
        return table | dict.fromkeys((*NODE_FLOWS, "shipping_cost"), np.zeros_like(table["trips"]))
    nodes, money = ledger.web.nodes, ledger.web.node_money
    for measure, field in NODE_FLOWS.items():
        table[measure] = _by_time(nodes[:, :, NODE[field]].astype(np.float64), times)
    table["shipping_cost"] = _by_time(money[:, :, NODE_MONEY["shipping"]], times)
    table["revenue"] = table["revenue"] + _by_time(money[:, :, NODE_MONEY["revenue"]], times)
    return table


def daily_totals(ledger: Ledger) -> dict[str, NDArray[np.float64]]:
    """Series of the whole network that show a warm-up, shape (days,): sold, stock, backorders, inbound."""
    counts = ledger.counts
    return {
        "sold": counts[:, :, COUNT["sold"]].sum(axis=1).astype(np.float64),
        "on_hand": exact_sum(counts[:, :, COUNT["on_hand_us"]], 1).astype(np.float64) / DAY_US,
        "backorders": exact_sum(counts[:, :, COUNT["backorder_us"]], 1).astype(np.float64) / DAY_US,
        "inbound": exact_sum(ledger.inbound_us, 1).astype(np.float64) / DAY_US,
    }


def _by_place(values: _Daily, location: NDArray[np.int32], locations: int) -> NDArray[np.float64]:
    """Sum over the buckets of each location: (days, buckets) to (days, locations).

    In float64: a day's integrals then cannot overflow, and stay exact to 1e-16 of their size.
    """
    placed = np.zeros((len(values), locations))
    if values.shape[1] == 0:
        return placed
    order = np.argsort(location, kind="stable")
    present, starts = np.unique(location[order], return_index=True)
    placed[:, present] = np.add.reduceat(values[:, order].astype(np.float64), starts, axis=1)
    return placed


def _by_time(values: NDArray[np.float64], times: Times) -> NDArray[np.float64]:
    """Sum over the days of each time: (days, locations) to (times, locations)."""
    if len(values) == len(times):
        return values
    total: NDArray[np.float64] = np.add.reduceat(values, times.first_days, axis=0)
    return total


def _tally(ledger: Ledger, rows: list[tuple[int, int]], locations: int) -> NDArray[np.float64]:
    """Count rows of (instant, location) by day and location; rows outside the horizon are not counted."""
    at_us, location = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    day = (at_us - ledger.start_us) // DAY_US
    inside = (day >= 0) & (day < ledger.days)
    flat = np.bincount(day[inside] * locations + location[inside], minlength=ledger.days * locations)
    return flat.reshape(ledger.days, locations).astype(np.float64)
