"""The plan of a run: a scenario turned into arrays, checked, with its assumptions said and its memory estimated."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.errors import ScenarioError
from twin import sources
from twin.brain.groups import CONTINUOUS, Group
from twin.channel.stream import Channel, Outage, channel
from twin.clock import DAY
from twin.demand.streams import StreamTables, stream_tables
from twin.demand.tables import ClockworkTables, RecordedTables, clockwork_tables, recorded_tables
from twin.kpis.ledger import Buckets, CostRates, Labels
from twin.local_days import LocalDays
from twin.plan.assumptions import assumptions_of, not_built
from twin.plan.availability import expected_of, open_hours
from twin.plan.carts import plan_carts
from twin.plan.cells import Cells, range_cells
from twin.plan.demand import plan_demand
from twin.plan.downstream import Downstream
from twin.plan.expected import DemandPlan
from twin.plan.items import Items, abc_classes, read_items, slots_of
from twin.plan.limits import check_lanes, not_simulated
from twin.plan.opening import OpenOrder, days_of, open_orders, opening_stock
from twin.plan.places import check_names, locations_of, read_network
from twin.plan.rules import plan_rules
from twin.plan.serving import pickup_stores
from twin.plan.web import WebPlan, plan_web

if TYPE_CHECKING:
    from scenarios import Resolved, Scenario

BY_CELL = 400_000  # up to so many cells x days the ledger has a bucket for each cell
CHUNK_LINES = 1 << 16  # lines generated at once, unless a day has more
_BYTES_A_CELL, _BYTES_A_LINE, _BYTES_A_PAGE, _BYTES_AT_REST = 36, 110, 192 + 22 * 8, 300 << 20
_BYTES_A_RECORDED = 64  # of a line of a feed, while it is read
_BYTES_A_CART = 1200  # of a day, as a row of what is drawn, and as an order for as long as it is under way


class MemoryNeeded(ScenarioError):
    """A run would need more memory than there is."""


@dataclass(frozen=True)
class Streams:
    """The channels of the sources."""

    pos: Channel
    warehouse: Channel
    count: Channel


@dataclass(frozen=True)
class Plan:
    """All that a replication needs and no replication changes."""

    resolved: Resolved
    network: Network
    items: Items
    ranged: Cells
    demand: DemandPlan
    tables: StreamTables
    clockworks: ClockworkTables
    recorded: RecordedTables
    groups: list[Group]
    streams: Streams
    orders: list[OpenOrder]
    opening: NDArray[np.int16] | NDArray[np.int32]  # (cells,) units, in the smaller type where it does
    assumptions: list[str]
    web: WebPlan | None = None  # where there are web orders

    @property
    def scenario(self) -> Scenario:
        """The scenario, resolved."""
        return self.resolved.scenario

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.ranged)

    @property
    def days(self) -> int:
        """Days of 24 hours from the start of the warm-up that cover the run."""
        return days_of(self.scenario.end_us - self.scenario.start_us)

    @cached_property
    def asks_at_once(self) -> bool:
        """Whether there are cells whose rule is asked the moment their position falls to its point."""
        return any(group.review_us == CONTINUOUS for group in self.groups)

    @cached_property
    def tracks(self) -> int:
        """One for each location, or one for all where what a shelf does may call on the network between two of its events."""
        together = self.asks_at_once or self.scenario.demand.unmet.pos == "backorder" or self.web is not None
        return 1 if together else len(self.network.locations)

    @cached_property
    def local_days(self) -> LocalDays:
        """The local days of all locations, somewhat beyond the end."""
        time = self.scenario.time
        zones = [place.timezone or time.timezone for place in self.network.locations]
        return LocalDays.of(zones, self.scenario.start_us, self.days + 3)

    @property
    def by_cell(self) -> bool:
        """Whether the ledger has a bucket for each cell, or one for each location and category."""
        return self.cells * self.days <= BY_CELL

    @property
    def buckets(self) -> int:
        """Buckets of the ledger."""
        return self.cells if self.by_cell else len(self.network.locations) * len(self.items.categories)

    @property
    def chunk_days(self) -> int:
        """Days generated at once: enough to be worth a call, few enough to fit memory."""
        carts = self.web.carts.carts_a_day if self.web is not None else 0.0
        return int(min(self.days, max(1, CHUNK_LINES // max(1.0, self.demand.lines_a_day + carts))))

    @cached_property
    def labels(self) -> Labels:
        """Names for the KPIs."""
        places = self.network.locations
        value = np.zeros(len(self.items.skus))
        for location, ranged in enumerate(self.ranged.skus):
            if ranged.size:
                at = self.ranged.among(location)
                value[at] += self.demand.moments(location, ranged.size)[0] * self.items.price[at]
        return Labels(
            [p.id for p in places], [p.kind for p in places], [p.region or "" for p in places], self.items.skus,
            abc_classes(self.items, value), self.items.categories,
        )  # fmt: skip

    @cached_property
    def open_hours(self) -> NDArray[np.int64]:
        """When each location is open, where availability is measured: see ``twin.plan.availability``."""
        if not self.by_cell:
            return np.zeros((1, 1, 2), np.int64)
        scenario = self.scenario
        return open_hours(self.network.locations, scenario.time.timezone, scenario.start_us, self.days)

    def bucket_table(self) -> Buckets:
        """What each bucket of the ledger stands for."""
        if self.by_cell:
            sku = np.concatenate([*self.ranged.skus, np.zeros(0, np.int32)])
            location = np.repeat(np.arange(len(self.ranged.skus)), np.diff(self.ranged.first)).astype(
                np.int32
            )
            return Buckets(
                location, sku, self.items.category[sku].astype(np.int32), np.ones(sku.size, np.int64),
                expected_of(self),
            )
        places, categories = len(self.network.locations), len(self.items.categories)
        cells = np.array(
            [np.bincount(self.items.category[s], minlength=categories) for s in self.ranged.skus], np.int64
        )
        return Buckets(
            np.repeat(np.arange(places, dtype=np.int32), categories), np.full(places * categories, -1, np.int32),
            np.tile(np.arange(categories, dtype=np.int32), places), cells.reshape(-1), np.zeros(cells.size),
        )  # fmt: skip

    @cached_property
    def rates(self) -> CostRates:
        """Prices of the scenario's costs."""
        costs = self.scenario.costs
        lost = None if costs.lost_sale == "margin" else float(costs.lost_sale or 0.0)
        return CostRates(costs.holding_per_day, costs.order, lost, costs.backorder_per_day, costs.pick, costs.split)


def build_plan(resolved: Resolved, *, strict: bool = False) -> Plan:
    """Turn a scenario into a plan.

    Parameters
    ----------
    strict : whether a recorded feed with bad rows is refused

    Raises
    ------
    ScenarioError
        Something that only shows when names meet data: an unknown SKU, a cell that nothing supplies.
    NotBuiltError
        A part of the language that is not simulated yet.
    MemoryNeeded
        With what is needed and what to cut.
    """
    for path, what in not_built(resolved.scenario):
        raise not_simulated(resolved, path, what)
    _check_days(resolved)
    items, network = read_items(resolved), read_network(resolved)
    check_lanes(resolved, network)
    items = _with_suppliers(resolved, items, network)
    check_names(resolved, network, items)
    cells = range_cells(resolved, network, items)
    _check_memory(resolved, network, items, cells)
    demand = plan_demand(resolved, network, items, cells, strict)
    web = _plan_web(resolved, network, items, cells, demand, strict)
    expected = Downstream(network, cells, demand)
    groups = plan_rules(resolved, network, items, cells, expected)
    scenario = resolved.scenario
    plan = Plan(
        resolved, network, items, cells, demand,
        stream_tables(demand.streams, scenario.start_us, days_of(scenario.end_us - scenario.start_us)),
        clockwork_tables(demand.clockworks), recorded_tables(demand.recorded), groups, _channels(scenario, network),
        open_orders(resolved, network, items, cells),
        _small(opening_stock(resolved, network, items, cells, expected, groups)), [], web,
    )  # fmt: skip
    return replace(plan, assumptions=assumptions_of(plan))


def _plan_web(
    resolved: Resolved, network: Network, items: Items, cells: Cells, demand: DemandPlan, strict: bool
) -> WebPlan | None:
    if not resolved.scenario.demand.web:
        return None
    carts = plan_carts(resolved, network, items, demand, pickup_stores(resolved, network), strict)
    demand.notes += carts.notes
    demand.bad_rows += carts.bad_rows
    return plan_web(resolved, network, items, cells, carts, demand)


def _check_days(resolved: Resolved) -> None:
    """Integrals are kept by whole days: a part of one would be counted as if it were whole."""
    time = resolved.scenario.time
    for key, value in (("days", time.days), ("warmup_days", time.warmup_days)):
        if value != int(value):
            raise resolved.error(("time", key), "not whole days", found=f"{value:g}", expected="a whole number of days")


def _with_suppliers(resolved: Resolved, items: Items, network: Network) -> Items:
    """Where items and network are made up or recorded, each SKU gets a supplier of its own, by a hash of its name."""
    catalog, suppliers = resolved.scenario.catalog, [place.id for place in network.of_kind("supplier")]
    if resolved.scenario.network.generate is None or catalog.items is not None or not suppliers:
        return items
    places = (slots_of("supplier", items.skus) % np.uint64(len(suppliers))).tolist()
    chosen: list[str | None] = [
        given or suppliers[place] for place, given in zip(places, items.supplier, strict=True)
    ]
    return replace(items, supplier=chosen)


def _small(stock: NDArray[np.int32]) -> NDArray[np.int16] | NDArray[np.int32]:
    return stock.astype(np.int16) if int(stock.max(initial=0)) < 1 << 15 else stock


def _channels(scenario: Scenario, network: Network) -> Streams:
    outages = [
        (location, d.at, d.at + d.for_)
        for d in scenario.disruptions
        if d.offline is not None
        for location in np.flatnonzero(locations_of(d.offline, network)).tolist()
    ]
    merged: list[tuple[int, int, int]] = []
    for location, start, end in sorted(outages):
        if merged and merged[-1][0] == location and start <= merged[-1][2]:
            merged[-1] = (location, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((location, start, end))
    count, streams = len(network.locations), scenario.streams
    made = [
        channel(stream, count, [Outage(*outage, stream.catch_up) for outage in merged])
        for stream in (streams.pos, streams.warehouse, streams.count)
    ]
    return Streams(*made)


def _check_memory(resolved: Resolved, network: Network, items: Items, cells: Cells) -> None:
    parts, there = memory_parts(resolved, network, items, cells), available_memory()
    needed = _BYTES_AT_REST + sum(size for size, _, _ in parts.values())
    if needed > there:
        most = max(parts, key=lambda name: parts[name][0])
        _, path, advice = parts[most]
        at = resolved.error(path, "")
        raise MemoryNeeded(
            f"a replication needs some {needed / 2**30:.1f} GiB of memory ({', '.join(parts)})", where=at.where, path=at.path,
            found=f"{there / 2**30:.1f} GiB available", expected=f"less: most goes to {most}; {advice}",
        )  # fmt: skip


def memory_parts(
    resolved: Resolved, network: Network, items: Items, cells: Cells
) -> dict[str, tuple[int, tuple[str | int, ...], str]]:
    """What takes memory: by name its bytes, the key to blame and what to do about it."""
    scenario = resolved.scenario
    days, places = days_of(scenario.end_us - scenario.start_us), len(network.locations)
    by_demand = [
        ((p.lines_per_day or p.rate or 0.0) + (DAY / p.every if p.every else 0.0)) * int(locations_of(p.at, network).sum())
        for p in scenario.demand.pos
    ]
    replayed = [sources.rows_of(p.replay) if p.replay else 0 for p in scenario.demand.pos]
    lines, recorded, carts = sum(by_demand), sum(replayed), _carts_a_day(scenario, sum(by_demand))
    pages = len(cells) * days if len(cells) * days <= BY_CELL else places * len(items.categories) * days
    first = "assortment" if scenario.assortment else "network"
    parts: dict[str, tuple[int, tuple[str | int, ...], str]] = {
        f"{len(cells):,} cells": (
            len(cells) * _BYTES_A_CELL, (first,), "cut `assortment` (top) or the number of stores"
        ),
        f"{lines:,.0f} lines generated at once": (
            int(lines * _BYTES_A_LINE), ("demand", "pos", by_demand.index(max(by_demand)) if by_demand else 0),
            "cut the lines a day of `demand.pos`",
        ),
        f"{recorded:,} lines replayed": (
            recorded * _BYTES_A_RECORDED, ("demand", "pos", replayed.index(max(replayed)) if replayed else 0, "replay"),
            "replay a part of the feed",
        ),
        f"a ledger of {pages:,} pages": (pages * _BYTES_A_PAGE, ("time", "days"), "cut `time.days`"),
    }  # fmt: skip
    if carts:
        parts[f"{sum(carts):,.0f} web orders a day"] = (
            int(sum(carts) * _BYTES_A_CART), ("demand", "web", carts.index(max(carts))), "cut the orders of `demand.web`",
        )  # fmt: skip
    return parts


def _carts_a_day(scenario: Scenario, lines_a_day: float) -> list[float]:
    """Carts of each entry of ``demand.web`` on its largest day; of a feed all, since they are kept from the start."""
    return [
        (web.orders_per_day or 0.0) + (web.pos_share or 0.0) * lines_a_day + (web.flash.orders if web.flash else 0)
        + (sources.rows_of(web.replay) if web.replay else 0)
        for web in scenario.demand.web
    ]  # fmt: skip


def memory_needed(plan: Plan) -> int:
    """Bytes that a process takes for a replication of a plan, about."""
    parts = memory_parts(plan.resolved, plan.network, plan.items, plan.ranged)
    return _BYTES_AT_REST + sum(size for size, _, _ in parts.values())


def available_memory() -> int:
    """Bytes of memory that a process may take now: what the system has to give, or TWIN_MEMORY_LIMIT (bytes) where set."""
    if limit := os.environ.get("TWIN_MEMORY_LIMIT"):
        if not limit.isascii() or not limit.isdigit():
            raise ScenarioError(
                "not a number", path="TWIN_MEMORY_LIMIT", found=f'"{limit}"', expected="bytes, such as 8589934592 for 8 GiB"
            )
        return int(limit)
    try:
        with open("/proc/meminfo") as lines:
            found = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        return found["MemAvailable"]
    except (OSError, KeyError, ValueError):
        return 1 << 62


__all__ = ["DAY", "MemoryNeeded", "Plan", "Streams", "available_memory", "build_plan", "memory_needed"]
