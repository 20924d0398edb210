"""Recorded web orders as carts, and what they let one expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.web import WebDemand
from twin import sources
from twin.clock import DAY
from twin.demand.web.rows import DELIVERED, WANTED
from twin.demand.web.streams import DRAWN, DRAWN_PICKUP, RecordedCarts
from twin.plan.items import Items
from twin.plan.limits import LARGEST_LINE
from twin.plan.recorded import HISTORY_DAYS

if TYPE_CHECKING:
    from scenarios import Resolved

_UNKNOWN = -3  # a zone or a store that the scenario does not have


@dataclass(frozen=True, eq=False)
class Replayed:
    """A feed of web orders: what of it lies within the run, and what is expected of an average day.

    The last three are shares of the units; together they add up to 1.
    """

    carts: RecordedCarts
    sku: NDArray[np.int32]  # ascending
    mean: NDArray[np.float64]  # units a day
    variance: NDArray[np.float64]
    delivered: NDArray[np.float64]  # (zones,)
    collected: NDArray[np.float64]  # (locations,)
    unsaid: NDArray[np.float64]  # (zones,) of customers of each zone, nobody recorded whether delivered or collected


@dataclass(frozen=True)
class _Orders:
    """Orders in order of time, and their lines by order and SKU."""

    time: NDArray[np.int64]
    zone: NDArray[np.int16]
    pickup: NDArray[np.int16]
    order: NDArray[np.int64]  # of each line
    sku: NDArray[np.int32]
    units: NDArray[np.int64]

    def only(self, orders: NDArray[np.bool_], lines: NDArray[np.bool_]) -> _Orders:
        """Some of them, with those of their lines that are among ``lines``; an order without a line is none."""
        lines = lines & orders[self.order]
        orders = np.bincount(self.order[lines], minlength=self.time.size) > 0
        place = np.cumsum(orders) - 1
        return _Orders(
            self.time[orders], self.zone[orders], self.pickup[orders], place[self.order[lines]], self.sku[lines],
            self.units[lines],
        )  # fmt: skip


class WebReplays:
    """Reads the recorded web orders of a scenario."""

    def __init__(self, resolved: Resolved, network: Network, items: Items, zones: NDArray[np.float64], strict: bool) -> None:
        self.resolved, self.network, self.items, self.zones, self.strict = resolved, network, items, zones, strict
        self.start, self.end = resolved.scenario.start_us, resolved.scenario.end_us
        self.notes: list[str] = []
        self.bad_rows = 0

    def read(self, i: int, given: WebDemand, name: str) -> Replayed:
        """The feed of ``demand.web[i]``, which notes call ``name``."""
        every = self._known(name, self._orders(i, self._file(given, name), given.shift or 0))
        inside, any_line = (every.time >= self.start) & (every.time < self.end), np.ones(every.order.size, bool)
        if not inside.any():
            raise self.resolved.error(
                ("demand", "web", i, "replay"), "no order of it lies within the run, of SKUs and places that it has",
                found=f"{every.time.size:,} orders",
                expected="a start within the feed, or `shift`, the duration by which the feed is moved",
            )  # fmt: skip
        carts = _carts(every.only(inside, any_line))
        before = (every.time < self.start) & (every.time >= self.start - HISTORY_DAYS * DAY)
        if before.any():
            days = (self.start - int(every.time[before].min())) / DAY
            return self._estimated(carts, every.only(before, any_line), max(days, 1.0))
        self.notes.append(f"{name} has no orders before the start: demand is estimated from those it replays")
        return self._estimated(carts, every.only(inside, any_line), max((self.end - self.start) / DAY, 1.0))

    def _file(self, given: WebDemand, name: str) -> sources.RecordedOrders:
        assert given.replay is not None
        read = sources.recorded_orders(
            given.replay, columns=given.columns.mapping() if given.columns else None,
            timezone=given.timezone or self.resolved.scenario.time.timezone, strict=self.strict,
        )  # fmt: skip
        self.bad_rows += read.bad_rows
        self.notes += sources.say_bad_rows(name, read.bad_rows, read.bad_listed)
        return read

    def _orders(self, i: int, read: sources.RecordedOrders, shift: int) -> _Orders:
        """Rows put together: an order has the time, zone and store of its first row, and each of its SKUs once."""
        codes, head, order = np.unique(read.order, return_index=True, return_inverse=True)
        by_time = np.argsort(head, kind="stable")  # rows are in order of time
        place = np.empty(codes.size, np.int64)
        place[by_time] = np.arange(codes.size)
        head, order = head[by_time], place[order]
        sku = _numbers(read.skus, self.items.index)[read.sku].astype(np.int32)
        rows = np.lexsort((sku, order))
        starts = np.flatnonzero((np.diff(order[rows], prepend=-1) != 0) | (np.diff(sku[rows], prepend=_UNKNOWN - 1) != 0))
        units = np.add.reduceat(read.quantity[rows], starts) if rows.size else read.quantity
        return _Orders(
            read.time[head] + shift, self._zone(read, head), self._pickup(i, read, head), order[rows][starts],
            sku[rows][starts], units,
        )  # fmt: skip

    def _zone(self, read: sources.RecordedOrders, head: NDArray[np.intp]) -> NDArray[np.int16]:
        zones = self.resolved.scenario.network.zones
        if read.zone is None or not zones:
            return np.full(head.size, DRAWN, np.int16)
        numbers = _numbers(read.zones, {zone.id: i for i, zone in enumerate(zones)})
        return np.where(read.zone[head] < 0, DRAWN, numbers[read.zone[head]]).astype(np.int16)

    def _pickup(self, i: int, read: sources.RecordedOrders, head: NDArray[np.intp]) -> NDArray[np.int16]:
        if read.pickup is None:
            return np.full(head.size, DRAWN_PICKUP, np.int16)
        stores = {place.id: n for n, place in enumerate(self.network.locations) if place.kind == "store"}
        for name in read.locations:
            if name not in stores and name in self.network.index:
                place = self.network.location(name)
                raise self.resolved.error(
                    ("demand", "web", i, "replay"), "its column `pickup` names what is not a store",
                    found=f"{name}, a {place.kind}",
                    expected="stores, where customers collect",
                )  # fmt: skip
        numbers = _numbers(read.locations, stores)
        return np.where(read.pickup[head] < 0, DELIVERED, numbers[read.pickup[head]]).astype(np.int16)

    def _known(self, name: str, orders: _Orders) -> _Orders:
        """Without what the scenario does not have, or a line or a cart cannot hold."""
        placed = (orders.zone != _UNKNOWN) & (orders.pickup != _UNKNOWN)
        few = np.bincount(orders.order, minlength=orders.time.size) <= LARGEST_LINE
        unknown, large = orders.sku < 0, orders.units > LARGEST_LINE
        for count, what in (
            (np.count_nonzero(~placed), "orders of {} are of zones or stores that the scenario does not have"),
            (np.count_nonzero(~few), f"orders of {{}} have more than {LARGEST_LINE:,} lines, more than a cart can"),
            (np.count_nonzero(unknown), "lines of {} are of SKUs that the scenario does not have"),
            (np.count_nonzero(large & ~unknown), f"lines of {{}} have more than {LARGEST_LINE:,} units, more than a line can"),
        ):
            if count:
                self.notes.append(f"{count:,} {what.format(name)}, and were left out")
        return orders.only(placed & few, ~(unknown | large))

    def _estimated(self, carts: RecordedCarts, orders: _Orders, days: float) -> Replayed:
        """What ``days`` days with these orders let one expect."""
        units = orders.units.astype(np.float64)
        mean, squares = np.bincount(orders.sku, weights=units), np.bincount(orders.sku, weights=units**2)
        sku = np.flatnonzero(mean).astype(np.int32)
        of_order = np.bincount(orders.order, units, orders.time.size).astype(np.float64)  # whole numbers: their sums are exact
        total, collected = float(of_order.sum()), orders.pickup >= 0
        stores = np.bincount(orders.pickup[collected], weights=of_order[collected], minlength=len(self.network.locations))
        return Replayed(
            carts, sku, mean[sku] / days, squares[sku] / days, self._living(orders, of_order, orders.pickup == DELIVERED) / total,
            stores / total, self._living(orders, of_order, orders.pickup == DRAWN_PICKUP) / total,
        )  # fmt: skip

    def _living(self, orders: _Orders, units: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Units of the chosen orders by zone; those of no zone are spread over all by share."""
        said, unsaid = chosen & (orders.zone != DRAWN), chosen & (orders.zone == DRAWN)
        there = np.bincount(orders.zone[said], units[said], self.zones.size).astype(np.float64)
        return there + float(units[unsaid].sum()) * self.zones


def _numbers(names: list[str], index: dict[str, int]) -> NDArray[np.int64]:
    """The number of each name; `_UNKNOWN` where it has none."""
    return np.array([index.get(name, _UNKNOWN) for name in names] or [_UNKNOWN], np.int64)


def _carts(orders: _Orders) -> RecordedCarts:
    wanted = np.zeros(orders.sku.size, WANTED)
    wanted["sku"], wanted["units"] = orders.sku, orders.units
    first = np.searchsorted(orders.order, np.arange(orders.time.size + 1))
    return RecordedCarts(orders.time, first.astype(np.int64), orders.zone, orders.pickup, wanted)
