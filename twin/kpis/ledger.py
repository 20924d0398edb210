"""What a replication measured, before any KPI is computed from it.

The shelf lane adds to two plain arrays, indexed by day and *bucket*. A bucket is a (location, SKU) pair in a small model
and a (location, category) pair in a large one, so that a national ledger stays small enough for the processor's cache.
The network lane keeps its purchase orders and trips as rows. KPIs are ratios of sums of these figures and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from twin.kpis.orders import WebLedger

DAY_US = 86_400_000_000

# Columns of Ledger.counts (int64). Units unless the name says otherwise; *_us are exact time integrals.
COUNT_FIELDS = (
    "lines",  # POS lines demanded
    "lines_filled",  # lines sold whole, at once
    "demanded",
    "sold",  # at once, from the shelf
    "lost",  # neither sold nor backordered
    "backordered",  # promised when the shelf was empty
    "backfilled",  # backorders met later
    "shrunk",  # gone unseen
    "received",  # into this location, from anywhere
    "dispatched",  # out of this location to another one
    "on_hand_us",  # integral of units on hand
    "backorder_us",  # integral of open backorders
    "out_us",  # integral of cells with nothing on hand (cell microseconds)
    "record_lost",  # units of lost demand the record could know of (0 for POS)
    "picked",  # left the shelf for a web order
    "restocked",  # came back onto it: returned, cancelled after the pick, never collected
)

# Columns of Ledger.money (float64), in the scenario's currency but for the last.
MONEY_FIELDS = (
    "revenue",
    "cost_of_goods",
    "lost_value",  # lost units at price
    "lost_margin",  # lost units at price - cost
    "value_us",  # integral of stock on hand at cost (money x microseconds)
    "missed",  # units expected while the location was open and nothing was on hand
)

COUNT = {name: i for i, name in enumerate(COUNT_FIELDS)}
MONEY = {name: i for i, name in enumerate(MONEY_FIELDS)}

# Record lag is kept as a histogram: bin b holds lags in [LAG_EDGE(b), LAG_EDGE(b + 1)) with eight bins an octave.
LAG_BINS = 512


def lag_edge_us(b: int) -> int:
    """Lower edge, in µs, of bin ``b`` of the lag histogram: eight equal steps in each doubling."""
    if b < 8:
        return b
    octave, step = divmod(b, 8)
    return (8 + step) << (octave - 1)


@dataclass
class Buckets:
    """What each bucket of the ledger stands for; arrays of one length."""

    location: NDArray[np.int32]
    sku: NDArray[np.int32]  # -1 where the bucket is a whole category
    category: NDArray[np.int32]
    cells: NDArray[np.int64]  # ranged cells in the bucket
    expected: NDArray[np.float64]  # units a day expected of a cell; 0 where the bucket is a whole category


@dataclass
class Snapshot:
    """Truth against record at one instant, summed per location (arrays of one length, int64)."""

    at_us: int
    cells: NDArray[np.int64]  # cells with truth or record above 0
    equal: NDArray[np.int64]
    within: NDArray[np.int64]  # the record is off by no more than the tolerance
    abs_error: NDArray[np.int64]  # sum of |record - truth|, units
    in_flight: NDArray[
        np.int64
    ]  # the part of abs_error that is only events on their way (units, an upper bound)
    truth_units: NDArray[np.int64]
    record_above: NDArray[np.int64]
    phantom: NDArray[np.int64]  # record > 0, nothing there
    hidden: NDArray[np.int64]  # record <= 0, something there


@dataclass
class PurchaseOrder:
    """One order to a supplier. Times in µs, -1 while it has not happened.

    ``arrived_us`` is when the delivery was at the gate, by which its supplier is judged; ``received_us`` when it was unloaded.
    """

    placed_us: int
    due_us: int
    received_us: int
    supplier: int
    destination: int
    lines: int
    units: int
    received_units: int  # of what was at the gate
    arrived_us: int = -1


@dataclass
class Trip:
    """One truck, or one direct shipment, between two of our own locations."""

    departed_us: int
    arrived_us: int
    origin: int
    destination: int
    lines: int
    units: int
    cost: float


@dataclass
class Ledger:
    """All that one replication measured.

    ``counts`` has shape (days, buckets, len(COUNT_FIELDS)); ``money`` (days, buckets, len(MONEY_FIELDS)). Day 0 starts at
    ``start_us`` and every day has 24 hours; the first ``warmup_days`` days are warm-up and enter no KPI.
    ``inbound_us`` has shape (days, locations): the integral of units ordered and not yet received; ``out_seen_us``, of
    the same shape, that of cells of which the record has nothing to promise (cell microseconds).
    """

    start_us: int
    warmup_days: int
    days: int  # all days, warm-up included
    buckets: Buckets
    counts: NDArray[np.int64]
    money: NDArray[np.float64]
    inbound_us: NDArray[np.int64]
    out_seen_us: NDArray[np.int64]
    lag_histogram: NDArray[np.int64]
    snapshots: list[Snapshot] = field(default_factory=list)
    purchase_orders: list[PurchaseOrder] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    record_counts: dict[str, int] = field(
        default_factory=dict
    )  # applied, duplicates, beyond_window, stale_counts, ...
    web: WebLedger | None = None  # where there is web demand


@dataclass
class Labels:
    """Names behind the numbers of a ledger; the same for every replication of a variant."""

    locations: list[str]
    kinds: list[str]  # per location: store, fc, hub, supplier
    regions: list[str]
    skus: list[str]
    abc: list[str]  # per SKU: A, B or C by expected sales value
    categories: list[str]


@dataclass
class CostRates:
    """The prices of the scenario's ``costs`` block, in the scenario's currency."""

    holding_per_day: float = 0.0  # share of value per day
    order: float = 0.0  # per purchase order
    lost_sale: float | None = None  # per unit; None: the margin
    backorder_per_day: float = 0.0  # per unit and day
    pick: float = 0.0  # per unit moved out of a location, or picked for a web order
    split: float = 0.0  # per shipment beyond an order's first
