"""Goods on the move: supplier orders with their lead times, transfers that wait for a truck, trucks, docks, receipts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network import Lane
from twin.clock import HEARD, Phase, key
from twin.decisions import Order
from twin.events import Kind
from twin.kpis.ledger import PurchaseOrder, Trip
from twin.plan.build import Plan
from twin.random.keyed import KeyedDraws, entity
from twin.random.laws import duration_table
from twin.random.purposes import Purpose
from twin.random.tables import quantile_draw_plain
from twin.world.clock import NetworkClock
from twin.world.courier import Courier
from twin.world.departures import Timetable, timetable
from twin.world.inbound import Inbound
from twin.world.shelves import ShelfLane

Units = NDArray[np.int32]


@dataclass
class Delivery:
    """Lines on their way to a location. ``ordered`` may be more than ``units`` where something was lost on the way."""

    destination: int
    cells: Units
    skus: Units
    units: Units
    purchase: PurchaseOrder | None = None
    trip: Trip | None = None


@dataclass
class Waiting:
    """Lines of a transfer order that have not left yet."""

    lane: int
    cells: Units
    sources: Units
    skus: Units
    units: Units


@dataclass
class _Way:
    """A lane as the world uses it."""

    lane: Lane
    origin: int
    destination: int
    slot: int
    table: NDArray[np.int64]
    mean: int
    timetable: Timetable | None
    order_days: Timetable | None
    trips: int = 0
    scheduled: bool = False


class Transport:
    """The world's answer to orders: it is the sink of the simulation."""

    def __init__(
        self,
        plan: Plan,
        clock: NetworkClock,
        shelves: ShelfLane,
        courier: Courier,
        draws: KeyedDraws,
        inbound: Inbound,
    ) -> None:
        self._plan, self._clock, self._shelves, self._courier = plan, clock, shelves, courier
        self._draws, self._inbound = draws, inbound
        zone = plan.scenario.time.timezone
        self._ways = [_way(plan, lane, zone) for lane in plan.network.lanes]
        self._queues: dict[int, deque[Waiting]] = {}  # by lane where trucks have a timetable
        self._direct: dict[int, deque[Waiting]] = {}  # by origin where goods leave when they can
        self._docks = _docks(plan, clock, draws, self._put_away)
        self._slow = _supplier_delays(plan)
        self._receipts = [0] * len(plan.network.locations)
        self._slots = [entity("receipt", place.id) for place in plan.network.locations]
        self.purchases: list[PurchaseOrder] = []
        self.trips: list[Trip] = []
        self.in_transit = 0  # units between our own locations

    def begin(self) -> None:
        """Put the orders that are under way at the start on the road."""
        for order in self._plan.orders:
            one = np.ones(1, np.int32)
            purchase = PurchaseOrder(
                self._plan.scenario.start_us,
                order.due_us,
                -1,
                order.origin,
                order.destination,
                1,
                order.units,
                0,
            )
            internal = self._plan.network.locations[order.origin].is_internal
            self.in_transit += order.units if internal else 0
            trip = (
                Trip(self._plan.scenario.start_us, -1, order.origin, order.destination, 1, order.units, 0.0)
                if internal
                else None
            )
            delivery = Delivery(
                order.destination,
                one * order.cell,
                one * order.sku,
                one * order.units,
                None if internal else purchase,
                trip,
            )
            self._inbound.ordered(self._clock.time, order.destination, order.units)
            self._arrive_at(order.due_us, delivery)

    def place(self, order: Order) -> None:
        """Act on an order of the brain."""
        self._inbound.ordered(self._clock.time, order.destination, order.total)
        way = self._ways[order.lane]
        if order.is_purchase:
            self._buy(order, way)
            return
        waiting = Waiting(order.lane, order.cells, order.sources, order.skus, order.units.copy())
        if way.timetable is None:
            self._direct.setdefault(way.origin, deque()).append(waiting)
            self._clock.at(self._clock.time, Phase.PICK, lambda: self._leave_directly(way.origin))
        else:
            self._queues.setdefault(order.lane, deque()).append(waiting)
            self._schedule(order.lane)

    def _buy(self, order: Order, way: _Way) -> None:
        """A supplier has everything; what it takes is time, and it takes orders only on its days."""
        now = self._clock.time
        accepted = now
        if way.order_days is not None and not way.order_days.covers(now):
            accepted = way.order_days.next(now)
        way.trips += 1
        lead = quantile_draw_plain(way.table, self._draws.u32(Purpose.LEAD_TIME, way.slot, way.trips))
        lead = round(lead * self._slowness(order.origin, accepted))
        ready = accepted + lead
        if way.timetable is not None:
            ready = way.timetable.next(accepted) + lead
        purchase = PurchaseOrder(
            now, accepted + way.mean, -1, order.origin, order.destination, order.cells.size, order.total, 0
        )
        self.purchases.append(purchase)
        self._arrive_at(ready, Delivery(order.destination, order.cells, order.skus, order.units, purchase))

    def _slowness(self, supplier: int, at: int) -> float:
        times = 1.0
        for start, end, meant, factor in self._slow:
            if start <= at < end and meant[supplier]:
                times *= factor
        return times

    def _schedule(self, lane: int) -> None:
        way = self._ways[lane]
        if not way.scheduled and way.timetable is not None:
            way.scheduled = True
            leaves = way.timetable.next(self._clock.time + (self._clock.priority % 16 >= Phase.PICK))
            self._clock.at(leaves, Phase.PICK, lambda: self._leave_on_time(lane))

    def _leave_on_time(self, lane: int) -> None:
        """A truck takes what is there of what waits, first come first loaded, up to its capacity."""
        way, queue = self._ways[lane], self._queues[lane]
        way.scheduled = False
        room = way.lane.capacity_units or (1 << 62)
        self._load(way.origin, queue, room)
        if queue:
            self._clock.at(self._clock.time + 1, Phase.CHANGE, lambda: self._schedule(lane))

    def _leave_directly(self, origin: int) -> None:
        queue = self._direct.get(origin)
        if queue:
            self._load(origin, queue, 1 << 62)

    def _load(self, origin: int, queue: deque[Waiting], room: int) -> None:
        """Take what waits off the shelves of ``origin``, in order of asking; one trip a lane."""
        cells, skus, units = (
            np.concatenate([getattr(w, name) for w in queue]) for name in ("sources", "skus", "units")
        )
        taken = np.empty_like(units)
        total = self._shelves.take_out(origin, cells, skus, units, taken, room, self._clock.time)
        if total == 0:
            return
        sizes = np.cumsum([w.cells.size for w in queue])[:-1]
        loads: dict[int, list[tuple[Waiting, Units]]] = {}
        for waiting, load in zip(queue, np.split(taken, sizes), strict=True):
            loads.setdefault(waiting.lane, []).append((waiting, load))
        loaded = taken > 0
        self.in_transit += total
        self._courier.send(
            Kind.DISPATCH, origin, cells[loaded], taken[loaded], np.zeros(int(loaded.sum()), np.int32)
        )
        for lane, parts in loads.items():
            self._drive(self._ways[lane], parts)
        left = [_rest(waiting, load) for waiting, load in zip(queue, np.split(taken, sizes), strict=True)]
        queue.clear()
        queue.extend(w for w in left if w.cells.size)

    def _drive(self, way: _Way, parts: list[tuple[Waiting, Units]]) -> None:
        units = np.concatenate([load for _, load in parts])
        loaded = units > 0
        if not loaded.any():
            return
        cells, skus = (
            np.concatenate([getattr(w, name) for w, _ in parts])[loaded] for name in ("cells", "skus")
        )
        way.trips += 1
        transit = quantile_draw_plain(way.table, self._draws.u32(Purpose.TRANSIT, way.slot, way.trips))
        total = int(units.sum())
        cost = way.lane.cost_per_trip + way.lane.cost_per_unit * total
        trip = Trip(self._clock.time, -1, way.origin, way.destination, int(cells.size), total, cost)
        self.trips.append(trip)
        self._arrive_at(
            self._clock.time + transit, Delivery(way.destination, cells, skus, units[loaded], trip=trip)
        )

    def _arrive_at(self, time: int, delivery: Delivery) -> None:
        self._clock.at(time, Phase.RECEIPT, lambda: self._docks[delivery.destination].arrive(delivery))

    def _put_away(self, delivery: Delivery) -> None:
        """Goods reach the shelves; whoever waited for them is served, and the record is told."""
        now, place = self._clock.time, delivery.destination
        total = int(delivery.units.sum())
        self._receipts[place] += 1
        luck = self._draws.u32(Purpose.MESSAGE, self._slots[place], self._receipts[place])
        self._shelves.put_away(
            place, key(now, Phase.RECEIPT, HEARD), delivery.cells, delivery.skus, delivery.units, luck
        )
        self._inbound.received(now, place, total)
        if delivery.purchase is not None:
            delivery.purchase.received_us, delivery.purchase.received_units = now, total
        if delivery.trip is not None:
            delivery.trip.arrived_us = now
            self.in_transit -= total
        self._courier.send(Kind.RECEIPT, place, delivery.cells, delivery.units, delivery.units)
        if self._direct.get(place):
            self._clock.at(now, Phase.PICK, lambda: self._leave_directly(place))


def _rest(waiting: Waiting, load: Units) -> Waiting:
    open_lines = load < waiting.units
    left = (waiting.units - load)[open_lines]
    return Waiting(
        waiting.lane, waiting.cells[open_lines], waiting.sources[open_lines], waiting.skus[open_lines], left
    )


def _way(plan: Plan, lane: Lane, zone: str) -> _Way:
    origin, destination = plan.network.index[lane.origin], plan.network.index[lane.destination]
    local = plan.network.locations[origin].timezone or zone
    return _Way(
        lane, origin, destination, entity("lane", lane.origin, lane.destination),
        _tables(lane.transit), round(lane.mean_transit),
        timetable(lane.departs, local) if lane.departs else None,
        timetable((0,), local, lane.order_days) if lane.order_days else None,
    )  # fmt: skip


_known: dict[object, NDArray[np.int64]] = {}


def _tables(transit: object) -> NDArray[np.int64]:
    if isinstance(transit, int | float):
        return np.full(3 * 4097, int(transit), np.int64)
    content = repr(transit)
    if content not in _known:
        _known[content] = duration_table(transit)  # type: ignore[arg-type]
    return _known[content]


def _supplier_delays(plan: Plan) -> list[tuple[int, int, NDArray[np.bool_], float]]:
    from twin.plan.places import locations_of

    return [
        (d.at, d.at + d.for_, locations_of(d.supplier_delay, plan.network), d.supplier_delay.times)
        for d in plan.scenario.disruptions
        if d.supplier_delay is not None
    ]


@dataclass
class Dock:
    """Doors at which deliveries are unloaded, first come first served; ``doors`` 0 takes no time."""

    clock: NetworkClock
    finish: Callable[[Delivery], None]
    doors: int = 0
    table: NDArray[np.int64] | None = None
    per_unit: int = 0
    draws: KeyedDraws | None = None
    slot: int = 0
    busy: int = 0
    served: int = 0

    def __post_init__(self) -> None:
        self.queue: deque[Delivery] = deque()

    def arrive(self, delivery: Delivery) -> None:
        """A truck is at the gate."""
        if not self.doors:
            self.finish(delivery)
        elif self.busy < self.doors:
            self._unload(delivery)
        else:
            self.queue.append(delivery)

    def _unload(self, delivery: Delivery) -> None:
        assert self.table is not None and self.draws is not None
        self.busy += 1
        self.served += 1
        takes = quantile_draw_plain(self.table, self.draws.u32(Purpose.UNLOAD, self.slot, self.served))
        takes += self.per_unit * int(delivery.units.sum())

        def done() -> None:
            self.busy -= 1
            self.finish(delivery)
            if self.queue:
                self._unload(self.queue.popleft())

        self.clock.at(self.clock.time + takes, Phase.RECEIPT, done)


def _docks(
    plan: Plan, clock: NetworkClock, draws: KeyedDraws, finish: Callable[[Delivery], None]
) -> list[Dock]:
    from twin.plan.places import locations_of

    docks = [Dock(clock, finish) for _ in plan.network.locations]
    for given in reversed(plan.scenario.operations.docks):
        table = duration_table(given.unload)
        for i in np.flatnonzero(locations_of(given.at, plan.network)).tolist():
            slot = entity("dock", plan.network.locations[i].id)
            docks[i] = Dock(clock, finish, given.doors, table, given.per_unit, draws, slot)
    return docks
