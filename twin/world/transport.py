"""Goods on the move: supplier orders with their lead times, transfers that wait for a truck, trips and receipts."""

from __future__ import annotations

from collections import deque
from functools import partial

import numpy as np

from twin.clock import PHASES, Phase
from twin.decisions import Order
from twin.events import Kind
from twin.kpis.ledger import PurchaseOrder, Trip
from twin.plan.build import Plan
from twin.random.drawn import drawn_u32
from twin.random.keyed import KeyedDraws, entity
from twin.random.purposes import Purpose
from twin.world.clock import NetworkClock
from twin.world.courier import Courier
from twin.world.docks import gates
from twin.world.goods import Delivery, Load, divided, joined
from twin.world.inbound import Inbound
from twin.world.shelves import ShelfLane
from twin.world.ways import Way, slow_suppliers, slowed, ways_of

_ANY = 1 << 62  # room of a trip without a limit


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
        self._inbound = inbound
        self._ways, self._slow = ways_of(plan, draws), slow_suppliers(plan)
        self._queues: dict[int, deque[Load]] = {}  # by lane where trucks have a timetable
        self._direct: dict[int, deque[Load]] = {}  # by origin where goods leave when they can
        self._arrive = gates(plan, clock, draws, self._put_away)
        self._backorders = plan.scenario.demand.unmet.pos == "backorder"
        places = plan.network.locations
        self._receipts = [0] * len(places)
        self._luck = [draws.root(Purpose.MESSAGE, entity("receipt", place.id)) for place in places]
        self.purchases: list[PurchaseOrder] = []
        self.trips: list[Trip] = []
        self.in_transit = 0  # units between our own locations

    def begin(self) -> None:
        """Put the orders that are under way at the start on the road."""
        for order in self._plan.orders:
            inside = self._plan.network.locations[order.origin].is_internal
            self.in_transit += order.units if inside else 0
            cells, skus, units = (np.array([n], np.int32) for n in (order.cell, order.sku, order.units))
            self._inbound.ordered(self._clock.time, order.destination, order.units)
            self._arrive_at(
                order.due_us, Delivery(order.destination, cells, skus, units, order.units, inside)
            )

    def place(self, order: Order) -> None:
        """Act on an order of the brain."""
        way, total, now = self._ways[order.lane], order.total, self._clock.time
        self._inbound.ordered(now, order.destination, total)
        if order.is_purchase:
            self._buy(order, way, total)
            return
        load = Load(order.lane, order.cells, order.sources, order.skus, order.units, total)
        if way.timetable is None:
            self._direct.setdefault(way.origin, deque()).append(load)
            self._clock.at(now, Phase.PICK, partial(self._leave_directly, way.origin))
        else:
            self._queues.setdefault(order.lane, deque()).append(load)
            self._schedule(order.lane)

    def _buy(self, order: Order, way: Way, total: int) -> None:
        """A supplier has everything; what it takes is time, and it takes orders only on its days."""
        now = self._clock.time
        accepted = way.accepts(now)
        leaves, lead = way.leaves(accepted, accepted == now and self._picks_are_over), way.transit()
        if self._slow:
            lead = slowed(lead, order.origin, accepted, self._slow)
        purchase = PurchaseOrder(
            now, leaves + way.mean, -1, order.origin, order.destination, order.cells.size, total, 0
        )
        self.purchases.append(purchase)
        self._arrive_at(
            leaves + lead,
            Delivery(order.destination, order.cells, order.skus, order.units, total, False, purchase),
        )

    @property
    def _picks_are_over(self) -> bool:
        """Whether what is ordered now is too late for a departure of this very instant."""
        return self._clock.priority % PHASES >= Phase.PICK

    def _schedule(self, lane: int) -> None:
        way = self._ways[lane]
        if not way.scheduled:
            way.scheduled = True
            leaves = way.leaves(self._clock.time, self._picks_are_over)
            self._clock.at(leaves, Phase.PICK, partial(self._leave_on_time, lane))

    def _leave_on_time(self, lane: int) -> None:
        """A truck takes what is there of what waits, first come first loaded, up to its capacity."""
        way, queue = self._ways[lane], self._queues[lane]
        way.scheduled = False
        self._load(way.origin, queue, way.lane.capacity_units or _ANY)
        if queue:
            self._clock.at(self._clock.time + 1, Phase.CHANGE, partial(self._schedule, lane))

    def _leave_directly(self, origin: int) -> None:
        queue = self._direct.get(origin)
        if queue:
            self._load(origin, queue, _ANY)

    def _load(self, origin: int, queue: deque[Load], room: int) -> None:
        """Take what waits off the shelves of ``origin``, in order of asking, and send it off by lane."""
        wanted = joined(queue)
        taken = np.empty_like(wanted.units)
        total = self._shelves.take_out(origin, wanted.sources, wanted.skus, wanted.units, taken, room)
        if total == 0:
            return
        loads, left = (list(queue), []) if total == wanted.total else divided(queue, taken)
        queue.clear()
        queue.extend(left)
        self.in_transit += total
        gone = wanted if total == wanted.total else joined(loads)
        self._courier.send(
            Kind.DISPATCH, origin, gone.sources, gone.units, np.zeros(gone.units.size, np.int32)
        )
        by_lane: dict[int, list[Load]] = {}
        for load in loads:
            by_lane.setdefault(load.lane, []).append(load)
        for lane, mine in by_lane.items():
            way = self._ways[lane]
            for load in joined(mine).trips(way.lane.capacity_units):
                self._drive(way, load)

    def _drive(self, way: Way, load: Load) -> None:
        """One trip."""
        now, total = self._clock.time, load.total
        cost = way.lane.cost_per_trip + way.lane.cost_per_unit * total
        trip = Trip(now, -1, way.origin, way.destination, load.cells.size, total, cost)
        self.trips.append(trip)
        self._arrive_at(
            now + way.transit(),
            Delivery(way.destination, load.cells, load.skus, load.units, total, True, trip=trip),
        )

    def _arrive_at(self, time: int, delivery: Delivery) -> None:
        self._clock.at(time, Phase.RECEIPT, partial(self._at_the_gate, delivery))

    def _at_the_gate(self, delivery: Delivery) -> None:
        """A delivery is there, and waits for a door where there are docks; its supplier has done its part."""
        purchase = delivery.purchase
        if purchase is not None:
            purchase.arrived_us, purchase.received_units = self._clock.time, delivery.total
        self._arrive[delivery.destination](delivery)

    def _put_away(self, delivery: Delivery) -> None:
        """Goods reach the shelves; whoever waited for them is served, and the record is told."""
        now, place, units = self._clock.time, delivery.destination, delivery.units
        self._receipts[place] += 1
        luck = drawn_u32(self._luck[place], self._receipts[place]) if self._backorders else 0
        self._shelves.put_away(place, delivery.cells, delivery.skus, units, luck)
        self._inbound.received(now, place, delivery.total)
        if delivery.purchase is not None:
            delivery.purchase.received_us = now
        if delivery.trip is not None:
            delivery.trip.arrived_us = now
        if delivery.inside:
            self.in_transit -= delivery.total
        self._courier.send(Kind.RECEIPT, place, delivery.cells, units, units)
        if self._direct.get(place):
            self._clock.at(now, Phase.PICK, partial(self._leave_directly, place))
