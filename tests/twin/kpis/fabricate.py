"""Ledgers made by hand, for tests whose answers were worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from twin.kpis.ledger import (
    COUNT,
    COUNT_FIELDS,
    DAY_US,
    LAG_BINS,
    MONEY,
    MONEY_FIELDS,
    Buckets,
    Labels,
    Ledger,
    PurchaseOrder,
    Snapshot,
    Trip,
)
from twin.kpis.orders import NODE, NODE_MONEY, ORDER, STATION, WebLedger

LABELS = Labels(
    locations=["S1", "S2", "F1", "V1"],
    kinds=["store", "store", "fc", "supplier"],
    regions=["north", "south", "south", ""],
    skus=["A", "B"],
    abc=["A", "C"],
    categories=["grocery", "toys"],
)

# (location, SKU, category) of each bucket: S1 has A and B, S2 and F1 have A.
BUCKETS = [(0, 0, 0), (0, 1, 1), (1, 0, 0), (2, 0, 0)]


def empty(
    days: int = 2,
    warmup_days: int = 0,
    *,
    start_us: int = 0,
    buckets: Sequence[tuple[int, int, int]] = BUCKETS,
    locations: int = 4,
) -> Ledger:
    """A ledger in which nothing happened; one cell a bucket."""
    table = np.array(buckets, dtype=np.int32).reshape(-1, 3)
    shape = (days, len(table))
    return Ledger(
        start_us=start_us,
        warmup_days=warmup_days,
        days=days,
        buckets=Buckets(table[:, 0], table[:, 1], table[:, 2], np.ones(len(table), dtype=np.int64), np.ones(len(table))),
        counts=np.zeros((*shape, len(COUNT_FIELDS)), dtype=np.int64),
        money=np.zeros((*shape, len(MONEY_FIELDS)), dtype=np.float64),
        inbound_us=np.zeros((days, locations), dtype=np.int64),
        out_seen_us=np.zeros((days, locations), dtype=np.int64),
        lag_histogram=np.zeros(LAG_BINS, dtype=np.int64),
    )


def put(ledger: Ledger, day: int, bucket: int, **figures: float) -> None:
    """Write figures of one bucket on one day."""
    for name, value in figures.items():
        if name in COUNT:
            ledger.counts[day, bucket, COUNT[name]] = value
        else:
            ledger.money[day, bucket, MONEY[name]] = value


def web(ledger: Ledger, *stations: tuple[str, int]) -> WebLedger:
    """Give the ledger a web in which nothing happened yet."""
    ledger.web = WebLedger.empty(ledger.days, ledger.inbound_us.shape[1], stations)
    return ledger.web


def put_orders(found: WebLedger, day: int, **figures: int) -> None:
    """Write figures of the orders placed on one day."""
    for name, value in figures.items():
        found.orders[day, ORDER[name]] = value


def put_node(found: WebLedger, day: int, location: int, **figures: float) -> None:
    """Write figures of one location on one day."""
    for name, value in figures.items():
        if name in NODE:
            found.nodes[day, location, NODE[name]] = value
        else:
            found.node_money[day, location, NODE_MONEY[name]] = value


def put_station(found: WebLedger, station: int, **figures: int) -> None:
    """Write figures of one station."""
    for name, value in figures.items():
        found.stations[station, STATION[name]] = value


def order(placed: float, due: float, received: float | None, *, units: int = 10, got: int = 10, to: int = 2,
          supplier: int = 3) -> PurchaseOrder:  # fmt: skip
    """An order to a supplier; times in days from the epoch, None while open."""
    received_us = -1 if received is None else int(received * DAY_US)
    return PurchaseOrder(int(placed * DAY_US), int(due * DAY_US), received_us, supplier, to, 1, units, got, received_us)


def trip(departed: float, *, origin: int = 2, to: int = 0, units: int = 5, cost: float = 40.0) -> Trip:
    """A trip; time in days from the epoch."""
    return Trip(int(departed * DAY_US), int((departed + 1) * DAY_US), origin, to, 1, units, cost)


def snapshot(at_us: int, **fields: Sequence[int]) -> Snapshot:
    """Truth against record; what is not given is 0 at all four locations."""
    names = ("cells", "equal", "within", "abs_error", "in_flight", "truth_units", "record_above", "phantom", "hidden")
    arrays = [np.array(fields.get(name, (0, 0, 0, 0)), dtype=np.int64) for name in names]
    return Snapshot(at_us, *arrays)


def days_of(ledger: Ledger, first: int, last: int) -> Ledger:
    """The ledger of days ``first`` to ``last`` (exclusive) alone; rows are kept, also those outside."""
    return replace(
        ledger,
        start_us=ledger.start_us + first * DAY_US,
        warmup_days=0,
        days=last - first,
        counts=ledger.counts[first:last],
        money=ledger.money[first:last],
        inbound_us=ledger.inbound_us[first:last],
        out_seen_us=ledger.out_seen_us[first:last],
        web=None if ledger.web is None else _days_of_web(ledger.web, first, last),
    )


def _days_of_web(found: WebLedger, first: int, last: int) -> WebLedger:
    return replace(
        found,
        orders=found.orders[first:last],
        nodes=found.nodes[first:last],
        node_money=found.node_money[first:last],
    )


@st.composite
def ledgers(draw: st.DrawFn, least_days: int = 1) -> Ledger:
    """Any ledger over the four locations of LABELS, with figures that need not fit together.

    Only that no more is sold than demanded: a fill rate needs demand where there are sales.
    """
    days = draw(st.integers(least_days, 16))
    warmup = draw(st.integers(0, days - least_days))
    start_us = draw(st.integers(0, 40_000)) * DAY_US + draw(st.sampled_from([0, 5 * 3_600_000_000]))
    ledger = empty(days, warmup, start_us=start_us)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    share = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))  # of figures that are not 0
    ledger.counts[:] = rng.integers(1, 1000, ledger.counts.shape) * (rng.random(ledger.counts.shape) < share)
    ledger.money[:] = rng.integers(1, 1000, ledger.money.shape) * (rng.random(ledger.money.shape) < share)
    ledger.inbound_us[:, :3] = rng.integers(0, 1000, (days, 3))
    ledger.out_seen_us[:, :3] = rng.integers(0, 1000, (days, 3))
    ledger.counts[..., COUNT["on_hand_us"]] *= draw(st.sampled_from([1, DAY_US, 9 * 10**15]))
    demanded, sold = ledger.counts[..., COUNT["demanded"]], ledger.counts[..., COUNT["sold"]]
    np.minimum(sold, demanded, out=sold)
    if draw(st.booleans()):
        _fill_web(web(ledger, ("pick", 2), ("pack", 2), ("pick", 0)), rng, share)
    moments = st.floats(-1, days + 1).map(lambda day: day + start_us / DAY_US)
    ledger.purchase_orders += draw(st.lists(st.builds(order, moments, moments, moments), max_size=5))
    ledger.trips += draw(st.lists(st.builds(trip, moments, origin=st.integers(0, 2)), max_size=5))
    closings = st.integers(0, days).map(lambda day: start_us + day * DAY_US)
    cells = st.lists(st.integers(1, 9), min_size=4, max_size=4)
    ledger.snapshots += draw(
        st.lists(st.builds(snapshot, closings, cells=cells, equal=cells, truth_units=cells), max_size=4)
    )
    return ledger


def _fill_web(found: WebLedger, rng: np.random.Generator, share: float) -> None:
    """Any figures, but no more filled than ordered, and nothing at the supplier."""
    for counts in (found.orders, found.nodes, found.node_money, found.stations):
        counts[:] = rng.integers(1, 1000, counts.shape) * (rng.random(counts.shape) < share)
    found.nodes[:, 3] = 0
    found.node_money[:, 3] = 0
    for filled, all_of_them in (("units_filled", "units"), ("lines_filled", "lines")):
        found.orders[:, ORDER[filled]] = np.minimum(found.orders[:, ORDER[filled]], found.orders[:, ORDER[all_of_them]])
    found.cycle[rng.integers(0, 1500, 20)] += 1
