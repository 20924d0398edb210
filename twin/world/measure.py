"""From the lane's raw pages to the ledger, and snapshots of truth against record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY
from twin.compiled import compiled
from twin.kpis.ledger import COUNT, COUNT_FIELDS, LAG_BINS, MONEY, MONEY_FIELDS, Ledger, Snapshot
from twin.record.state import open_record
from twin.world.state import open_shelves

if TYPE_CHECKING:
    from twin.plan.build import Plan

_Number = TypeVar("_Number", np.int64, np.float64)

# A record counts as accurate within a tolerance when it is off by at most one unit, or by at most a 20th of what is there: 5 % is
# what cycle counts allow items of class C, and would leave the few units of most shelves no tolerance at all.
TOLERATED_UNITS, TOLERATED_PART = 1, 20

_STRAIGHT_COUNTS = ("lines", "sold", "lost", "backordered", "backfilled", "shrunk", "received", "dispatched", "picked", "restocked")
_STRAIGHT_MONEY = ("revenue", "cost_of_goods", "lost_value", "lost_margin")


@compiled()
def compare(
    shelves_table: NDArray[np.int64],
    record_table: NDArray[np.int64],
    first: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """Per location, into ``out`` (locations, 8): the sums of a ``Snapshot`` without what is in flight."""
    shelves, record = open_shelves(shelves_table), open_record(record_table)
    for location in range(first.size - 1):
        cells = equal = within = error = units = above = phantom = hidden = np.int64(0)
        for cell in range(first[location], first[location + 1]):
            truth = np.int64(shelves.on_hand[np.uintp(cell)])
            believed = np.int64(record.cells[np.uintp(cell)].on_hand)
            if truth == 0 and believed <= 0:
                continue
            cells += 1
            equal += truth == believed
            off = abs(truth - believed)
            within += off <= TOLERATED_UNITS or off * TOLERATED_PART <= truth
            error += off
            units += truth
            above += believed > 0
            phantom += believed > 0 and truth == 0
            hidden += believed <= 0 and truth > 0
        out[location] = (cells, equal, within, error, units, above, phantom, hidden)


@compiled()
def unheard(
    sales: NDArray[np.void],
    arrivals: NDArray[np.void],
    waiting: NDArray[np.void],
    tracks: NDArray[np.void],
    out: NDArray[np.int64],
) -> None:
    """Units that were sold and that arrivals yet to come, in this stretch or ``waiting``, will tell of for the first time; added by
    location."""
    for t in range(tracks.size):
        track = tracks[t]
        for j in range(track.next_arrival, track.arrivals_end):
            if arrivals[j].row < track.next_sale and not arrivals[j].copy:
                out[sales[arrivals[j].row].location] += sales[arrivals[j].row].told
    for j in range(waiting.size):
        track = tracks[waiting[j].location if tracks.size > 1 else 0]
        if waiting[j].row < track.next_sale and not waiting[j].copy:
            out[waiting[j].location] += sales[waiting[j].row].told


def snapshot(
    at_us: int,
    shelves_table: NDArray[np.int64],
    record_table: NDArray[np.int64],
    first: NDArray[np.int64],
    in_flight: NDArray[np.int64],
) -> Snapshot:
    """Truth against record now."""
    out = np.zeros((first.size - 1, 8), np.int64)
    compare(shelves_table, record_table, first, out)
    cells, equal, within, error, units, above, phantom, hidden = (out[:, i].copy() for i in range(8))
    return Snapshot(at_us, cells, equal, within, error, np.minimum(in_flight, error), units, above, phantom, hidden)


def close_ledger(
    plan: Plan, pages: NDArray[np.void], opening: NDArray[np.integer[Any]], inbound_us: NDArray[np.int64]
) -> Ledger:
    """The ledger of a finished run: integrals get the levels at the start of each day, sums the columns that were derived."""
    days, buckets = plan.days, plan.buckets
    page = pages.reshape(days, buckets)
    counts = np.zeros((days, buckets, len(COUNT_FIELDS)), np.int64)
    money = np.zeros((days, buckets, len(MONEY_FIELDS)), np.float64)
    for name in _STRAIGHT_COUNTS:
        counts[:, :, COUNT[name]] = page[name]
    for name in _STRAIGHT_MONEY:
        money[:, :, MONEY[name]] = page[name]
    counts[:, :, COUNT["demanded"]] = page["sold"] + page["lost"] + page["backordered"]
    counts[:, :, COUNT["lines_filled"]] = page["lines"] - page["lines_short"]
    units, empty, value = _opening(plan, opening)
    gone = page["sold"] + page["backfilled"] + page["dispatched"] + page["shrunk"] + page["picked"]
    net = page["received"] + page["restocked"] - gone
    counts[:, :, COUNT["on_hand_us"]] = page["on_hand_us"] + _levels(units, net) * DAY
    counts[:, :, COUNT["out_us"]] = page["out_us"] + _levels(empty, page["out_net"]) * DAY
    owed = _levels(np.zeros_like(units), page["backordered"] - page["backfilled"])
    counts[:, :, COUNT["backorder_us"]] = page["backorder_us"] + owed * DAY
    table = plan.bucket_table()
    if plan.by_cell:
        hours = plan.open_hours[:, table.location, 1]
        out = page["out_open_us"] + _levels(empty, page["out_net"]) * hours
        money[:, :, MONEY["missed"]] = table.expected * (out / hours)
    money[:, :, MONEY["value_us"]] = (
        page["value_us"] + _levels(value, page["value_net"] - page["cost_of_goods"]) * DAY
    )
    scenario = plan.scenario
    return Ledger(
        start_us=scenario.start_us, warmup_days=(scenario.warmup_us - scenario.start_us) // DAY, days=days,
        buckets=table, counts=counts, money=money, inbound_us=inbound_us,
        out_seen_us=np.zeros_like(inbound_us), lag_histogram=np.zeros(LAG_BINS, np.int64),
    )  # fmt: skip


def _levels(start: NDArray[_Number], net: NDArray[_Number]) -> NDArray[_Number]:
    """Level at the start of each day, from that of the first day and the changes of each."""
    return start[np.newaxis, :] + np.cumsum(net, axis=0) - net


def _opening(
    plan: Plan, opening: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Units, empty cells and value at cost of each bucket at the start."""
    if plan.by_cell:
        skus = np.concatenate([*plan.ranged.skus, np.zeros(0, np.int32)])
        return opening.astype(np.int64), (opening <= 0).astype(np.int64), opening * plan.items.cost[skus]
    buckets = len(plan.ranged.skus), len(plan.items.categories)
    units, empty, value = np.zeros(buckets, np.int64), np.zeros(buckets, np.int64), np.zeros(buckets)
    for location in range(buckets[0]):
        at = plan.ranged.among(location)
        category, cost = plan.items.category[at], plan.items.cost[at]
        add_opening(opening[plan.ranged.of(location)], category, cost, units[location], empty[location], value[location])
    return units.reshape(-1), empty.reshape(-1), value.reshape(-1)


@compiled()
def add_opening(
    stock: NDArray[np.integer[Any]], category: NDArray[np.int16], cost: NDArray[np.float64], units: NDArray[np.int64],
    empty: NDArray[np.int64], value: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add the ``stock`` of a location's cells to the buckets of their categories: units, empty cells, value at cost."""
    for i in range(stock.size):
        bucket = category[i]
        units[bucket] += stock[i]
        empty[bucket] += stock[i] <= 0
        value[bucket] += stock[i] * cost[i]
