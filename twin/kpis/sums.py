"""Sums of what a ledger holds, for each member of each dimension.

Figures come in three tables: by bucket (what the shelf lane counted), by location (inbound, orders to suppliers,
trips, snapshots, web shipments) and by day (both, and web orders). Each dimension is a grouping of those tables;
web orders and stations have some of their own. Only the measured horizon enters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from twin.kpis.calendar import Horizon, dates, day_names, week_names
from twin.kpis.exact import Table, exact_columns, exact_sum, group_sum
from twin.kpis.ledger import COUNT_FIELDS, DAY_US, MONEY_FIELDS, CostRates, Labels, Ledger
from twin.kpis.rows import Orders, Snapshots, Trips
from twin.kpis.web_sums import WebTables

# What belongs to the channel that demanded; the rest of a bucket is stock, which all channels share.
CHANNEL_FIGURES = (
    "lines", "lines_filled", "demanded", "sold", "lost", "backordered", "record_lost", "backorder_us",
    "revenue", "cost_of_goods", "lost_value", "lost_margin", "time_us",
)  # fmt: skip

KIND_ORDER = ("store", "fc", "hub")
NAMELESS = "(none)"  # members of a region or category that was left empty


@dataclass(frozen=True)
class Grouped:
    """Summed figures of every member of one dimension: each an array of shape (members,), float64."""

    dimension: str
    members: list[str]
    figures: dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class _Rows:
    orders: Orders
    trips: Trips
    snapshots: Snapshots

    @classmethod
    def of(cls, ledger: Ledger, horizon: Horizon, locations: int) -> _Rows:
        return cls(
            Orders.of(ledger, horizon), Trips.of(ledger, horizon), Snapshots.of(ledger, horizon, locations)
        )


def sums(
    ledger: Ledger, labels: Labels, rates: CostRates, dimensions: Sequence[str], timezone: str
) -> Iterator[Grouped]:
    """Sum a ledger by each of ``dimensions`` in turn; a dimension the ledger cannot tell is left out."""
    horizon, web = Horizon.of(ledger), WebTables.of(ledger, labels)
    rows = _Rows.of(ledger, horizon, len(labels.locations))
    buckets, sites = _by_bucket(ledger, horizon), _by_location(ledger, labels, rows, web)
    calendar = _by_day(ledger, horizon, rows, web) if {"day", "week"} & set(dimensions) else {}
    for dimension in dimensions:
        if dimension in ("day", "week"):
            days = dates(ledger, timezone)
            grouped: Grouped | None = _calendar(dimension, days, calendar)
        elif dimension == "supplier":
            grouped = _suppliers(rows.orders, labels)
        elif dimension == "station":
            grouped = _stations(web, horizon)
        else:
            grouped = _members(dimension, ledger, labels, horizon, buckets, sites, web)
        if grouped is not None:
            yield Grouped(grouped.dimension, grouped.members, _rated(grouped.figures, rates))
        if dimension == "channel" and web is not None and (figures := web.channel()) is not None:
            yield Grouped("channel", ["web"], _rated(_timed(figures, horizon, 1), rates))


def _by_bucket(ledger: Ledger, horizon: Horizon) -> Table:
    counts, money = ledger.counts[ledger.warmup_days :], ledger.money[ledger.warmup_days :]
    table: Table = exact_columns(counts, 0, COUNT_FIELDS)
    table |= dict(zip(MONEY_FIELDS, money.sum(axis=0).T, strict=True))
    table["cell_us"] = ledger.buckets.cells.astype(object) * horizon.length_us
    table["expected"] = ledger.buckets.expected * horizon.days
    return table


def _by_location(ledger: Ledger, labels: Labels, rows: _Rows, web: WebTables | None) -> Table:
    size = len(labels.locations)
    table: Table = {"inbound_us": exact_sum(ledger.inbound_us[ledger.warmup_days :], 0)}
    table["out_seen_us"] = exact_sum(ledger.out_seen_us[ledger.warmup_days :], 0)
    table |= rows.orders.figures(rows.orders.destination, size)
    table |= rows.trips.figures(rows.trips.origin, size)
    table |= rows.snapshots.by_location()
    return table if web is None else table | web.by_location


def _by_day(ledger: Ledger, horizon: Horizon, rows: _Rows, web: WebTables | None) -> Table:
    counts, money = ledger.counts[ledger.warmup_days :], ledger.money[ledger.warmup_days :]
    table: Table = exact_columns(counts, 1, COUNT_FIELDS)
    table |= dict(zip(MONEY_FIELDS, money.sum(axis=1).T, strict=True))
    cell_us = int(ledger.buckets.cells.sum()) * DAY_US
    table["cell_us"] = np.full(horizon.days, cell_us, dtype=object)
    table["expected"] = np.full(horizon.days, ledger.buckets.expected.sum())
    table["time_us"] = np.full(horizon.days, DAY_US, dtype=np.int64)
    table["inbound_us"] = exact_sum(ledger.inbound_us[ledger.warmup_days :], 1)
    table["out_seen_us"] = exact_sum(ledger.out_seen_us[ledger.warmup_days :], 1)
    table |= rows.orders.figures(rows.orders.day, horizon.days)
    table |= rows.trips.figures(rows.trips.day, horizon.days)
    table |= rows.snapshots.by_day(horizon.days)
    return table if web is None else table | web.by_day


def _calendar(dimension: str, days: NDArray[np.datetime64], table: Table) -> Grouped:
    names = day_names(days) if dimension == "day" else week_names(days)
    members = list(dict.fromkeys(names))  # in the order of time
    place = {name: i for i, name in enumerate(members)}
    return Grouped(dimension, members, _group(table, np.array([place[name] for name in names]), len(members)))


def _suppliers(orders: Orders, labels: Labels) -> Grouped | None:
    suppliers = [i for i, kind in enumerate(labels.kinds) if kind == "supplier"]
    if not suppliers:
        return None
    table = orders.figures(orders.supplier, len(labels.locations))
    figures = {name: column[suppliers].astype(np.float64) for name, column in table.items()}
    return Grouped("supplier", [labels.locations[i] for i in suppliers], figures)


def _stations(web: WebTables | None, horizon: Horizon) -> Grouped | None:
    figures = None if web is None else web.stations()
    if web is None or figures is None:
        return None
    return Grouped("station", web.station_names, _timed(figures, horizon, len(web.station_names)))


def _members(
    dimension: str, ledger: Ledger, labels: Labels, horizon: Horizon, buckets: Table, sites: Table, web: WebTables | None
) -> Grouped | None:
    """Group by a property of buckets and, where it is one of locations too, of locations."""
    of_location: NDArray[np.int64] | None = None
    if dimension in ("all", "channel", "kind", "location", "region"):
        members, of_location = _location_members(dimension, labels)
        of_bucket = of_location[ledger.buckets.location]
    else:
        members, of_bucket = _bucket_members(dimension, ledger, labels)
    if not members:
        return None
    figures = _timed(_group(buckets, of_bucket, len(members)), horizon, len(members))
    if dimension == "channel":
        figures = {name: figures[name] for name in CHANNEL_FIGURES}
        return Grouped("channel", ["pos"], figures) if figures["lines"][0] > 0 else None
    if of_location is not None:
        figures |= _group(sites, of_location, len(members))
    if web is not None:
        figures = _with_web(dimension, figures, web, of_location, len(members))
    return Grouped(dimension, members, figures)


def _with_web(
    dimension: str, figures: dict[str, NDArray[np.float64]], web: WebTables, of_location: NDArray[np.int64] | None, size: int
) -> dict[str, NDArray[np.float64]]:
    """Add what only the web has: stations where they stand, orders to the whole."""
    if of_location is None:  # by product, where the cost of what the web sold is not known
        return {name: column for name, column in figures.items() if name != "cost_of_goods"}
    if web.station_names:
        figures |= _group(web.by_station, of_location[web.station_at], size)
    return figures | web.orders() if dimension == "all" else figures


def _timed(figures: Mapping[str, NDArray[np.float64]], horizon: Horizon, size: int) -> dict[str, NDArray[np.float64]]:
    """Add the length of the horizon, by which means over time are taken."""
    return {**figures, "time_us": np.full(size, float(horizon.length_us))}


def _location_members(dimension: str, labels: Labels) -> tuple[list[str], NDArray[np.int64]]:
    """Members, and the member of each location: -1 for suppliers, whose stock is not ours."""
    own = np.array([kind != "supplier" for kind in labels.kinds], dtype=np.bool_)
    names = {
        "kind": labels.kinds,
        "location": labels.locations,
        "region": [region or NAMELESS for region in labels.regions] if any(labels.regions) else [],
    }.get(dimension, ["all"] * len(own))
    if not names or not own.any():
        return [], np.full(len(own), -1)
    members = list(dict.fromkeys(name for name, ours in zip(names, own.tolist(), strict=True) if ours))
    if dimension == "kind":
        members.sort(key=KIND_ORDER.index)
    elif dimension == "region":
        members.sort()
    place = {name: i for i, name in enumerate(members)}
    return members, np.where(own, np.array([place.get(name, -1) for name in names]), -1)


def _bucket_members(dimension: str, ledger: Ledger, labels: Labels) -> tuple[list[str], NDArray[np.int64]]:
    """Members, and the member of each bucket; no members where buckets are too coarse to tell."""
    nothing = np.empty(0, dtype=np.int64)
    if dimension == "category":
        names, codes = labels.categories, ledger.buckets.category
    elif (ledger.buckets.sku < 0).any():
        return [], nothing
    else:
        names, codes = (labels.skus if dimension == "sku" else labels.abc), ledger.buckets.sku
    if not len(codes) or not any(names):
        return [], nothing
    present, of_bucket = np.unique(codes, return_inverse=True)
    found = [names[i] or NAMELESS for i in present.tolist()]
    members = sorted(set(found)) if dimension == "abc" else list(dict.fromkeys(found))
    place = {name: i for i, name in enumerate(members)}
    return members, np.array([place[name] for name in found], dtype=np.int64)[of_bucket]


def _group(table: Table, member_of: NDArray[np.int64], size: int) -> dict[str, NDArray[np.float64]]:
    """Sum every column of a table by member; rows with member -1 are left out, members without rows are 0."""
    order = np.argsort(member_of, kind="stable")
    order = order[np.searchsorted(member_of[order], 0) :]
    present, starts = np.unique(member_of[order], return_index=True)
    figures = {}
    for name, column in table.items():
        figures[name] = np.zeros(size)
        if len(order):
            figures[name][present] = group_sum(column, order, starts).astype(np.float64)
    return figures


def _rated(figures: dict[str, NDArray[np.float64]], rates: CostRates) -> dict[str, NDArray[np.float64]]:
    """Add what the figures cost at the scenario's prices."""
    lost, lost_price = ("lost_margin", 1.0) if rates.lost_sale is None else ("lost", rates.lost_sale)
    web_lost, web_price = ("web_lost_margin", 1e-6) if rates.lost_sale is None else ("web_lost_units", rates.lost_sale)
    prices: dict[str, tuple[Mapping[str, float], float]] = {
        "cost_holding": ({"value_us": 1}, rates.holding_per_day / DAY_US),
        "cost_ordering": ({"orders_placed": 1}, rates.order),
        "cost_backorder": ({"backorder_us": 1}, rates.backorder_per_day / DAY_US),
        "cost_lost": ({lost: 1}, lost_price),
        "web_cost_lost": ({web_lost: 1}, web_price),
        "web_cost_backorder": ({"web_backorder_us": 1}, rates.backorder_per_day / DAY_US),
        "cost_fulfilment": ({"dispatched": 1, "picked": 1}, rates.pick),
        "cost_transfer": ({"trip_cost": 1}, 1.0),
        "cost_shipping": ({"web_shipping": 1}, 1.0),
        "cost_picking": ({"node_picked_units": 1}, rates.pick),
        "cost_split": ({"web_shipments": 1, "web_shipped": -1}, rates.split),
    }
    costs = {}
    for name, (of, price) in prices.items():
        if figures.keys() >= of.keys():
            costs[name] = price * reduce(np.add, (weight * figures[figure] for figure, weight in of.items()))
    return figures | costs
