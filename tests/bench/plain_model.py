"""The yardstick: stores, a distribution centre and a supplier as a good SimPy user would write them.

Callbacks on timeouts instead of a process for each sale, plain lists instead of objects for each cell, attributes bound once:
what SimPy's own documentation and a profiler lead to. It takes the very lines, lead times and transit times that the twin drew,
and keeps truth and record apart as the twin does. It measures less: what was sold and lost, and who ordered what; no time
integrals, no money, no digests, no check for duplicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import simpy

DAY = 86_400_000_000  # µs

Line = tuple[int, int, int, int]  # when, which cell, how many, when the record hears of it
Ordered = tuple[int, int, int, int, int]  # when, lane (a store, or -1 for the supplier's), cell, units, position it was decided on


@dataclass(frozen=True)
class Given:
    """What both models are given. Cells of the stores come first, then those of the distribution centre (FC).

    Times are µs; lists by cell have an entry for every cell. ``source`` names for a store's cell the cell of the FC that supplies
    it. ``transits`` holds the transit times of each store's trucks in order of departure, ``lead_times`` those of the supplier.
    """

    start: int
    end: int
    lines: Sequence[Line]  # in order of time
    opening: Sequence[int]
    levels: Sequence[int]  # order-up-to level of a store's cell
    source: Sequence[int]
    stores: Sequence[range]  # cells of each store
    fc: range
    points: Sequence[int]  # reorder point r of an FC's cell
    lots: Sequence[int]  # lot Q of an FC's cell
    least: int  # minimum order quantity and
    pack: int  # pack of the supplier
    departs: int  # µs after midnight
    room: int  # units on a truck
    transits: Sequence[Sequence[int]]
    lead_times: Sequence[int]


@dataclass
class Results:
    """What a model came to; lists by cell."""

    sold: list[int]
    lost: list[int]
    truth: list[int]
    record: list[int]
    orders: list[Ordered] = field(default_factory=list)


class PlainModel:
    """A run of the plain model."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.env = simpy.Environment(initial_time=given.start)
        self.shelf, self.believed, self.position = list(given.opening), list(given.opening), list(given.opening)
        self.sold, self.lost = [0] * len(self.shelf), [0] * len(self.shelf)
        self.orders: list[Ordered] = []
        self.waiting: list[list[tuple[int, int]]] = [[] for _ in given.stores]  # (cell, units) that no truck has taken
        self.called = [False] * len(given.stores)
        self.transits = [iter(times) for times in given.transits]
        self.lead_times = iter(given.lead_times)
        self.lines: Iterator[Line] = iter(given.lines)

    def run(self) -> Results:
        """Run to the end."""
        self._after(0, self.review)
        self._next_line()
        self.env.run(until=self.given.end)
        return Results(self.sold, self.lost, self.shelf, self.believed, self.orders)

    def _after(self, delay: int, callback: simpy.events.EventCallback, value: object = None) -> None:  # type: ignore[type-arg]
        event = self.env.timeout(delay, value)
        event.callbacks.append(callback)

    def _next_line(self) -> None:
        line = next(self.lines, None)
        if line is not None:
            self._after(line[0] - int(self.env.now), self.sell, line)

    def sell(self, event: simpy.Event) -> None:
        """A customer takes what the shelf has; the till's message is on its way; the next customer comes."""
        now, cell, wanted, heard = event._value
        there = self.shelf[cell]
        sold = wanted if wanted <= there else there
        if sold:
            self.shelf[cell] = there - sold
            self.sold[cell] += sold
            message = self.env.timeout(heard - now, (cell, sold))
            message.callbacks.append(self.hear)
        if sold != wanted:
            self.lost[cell] += wanted - sold
        line = next(self.lines, None)
        if line is not None:
            following = self.env.timeout(line[0] - now, line)
            following.callbacks.append(self.sell)

    def hear(self, event: simpy.Event) -> None:
        """The record learns of a sale."""
        cell, sold = event._value
        self.believed[cell] -= sold
        self.position[cell] -= sold

    def review(self, _: simpy.Event) -> None:
        """Every store orders up to its levels; then the FC orders where it has fallen to its points."""
        for store, cells in enumerate(self.given.stores):
            self._replenish(store, cells)
        self._buy()
        self._after(DAY, self.review)

    def _replenish(self, store: int, cells: range) -> None:
        position, levels, source = self.position, self.given.levels, self.given.source
        now, ordered = int(self.env.now), self.waiting[store]
        for cell in cells:
            units = levels[cell] - position[cell]
            if units > 0:
                self.orders.append((now, store, cell, units, position[cell]))
                position[cell] += units
                position[source[cell]] -= units
                ordered.append((cell, units))
        if ordered:
            self._call_truck(store)

    def _buy(self) -> None:
        given, position, now = self.given, self.position, int(self.env.now)
        bought = []
        for cell in given.fc:
            short = given.points[cell] - position[cell]
            if short >= 0:
                units = max((short // given.lots[cell] + 1) * given.lots[cell], given.least)
                units = -(-units // given.pack) * given.pack
                self.orders.append((now, -1, cell, units, position[cell]))
                position[cell] += units
                bought.append((cell, units))
        if bought:
            self._after(next(self.lead_times), self.receive, bought)

    def _call_truck(self, store: int) -> None:
        """A truck leaves at the next departure if there is something to load."""
        if not self.called[store]:
            self.called[store] = True
            now = int(self.env.now)
            self._after(DAY - (now - self.given.departs) % DAY, self.leave, store)

    def leave(self, event: simpy.Event) -> None:
        """Load what the FC has, first asked first loaded, as far as there is room; the rest waits for the next truck."""
        store, room = event._value, self.given.room
        self.called[store] = False
        load, left = [], []
        for cell, units in self.waiting[store]:
            from_ = self.given.source[cell]
            taken = min(units, self.shelf[from_], room)
            if taken:
                room -= taken
                self.shelf[from_] -= taken
                self.believed[from_] -= taken
                load.append((cell, taken))
            if taken < units:
                left.append((cell, units - taken))
        self.waiting[store] = left
        if load:
            self._after(next(self.transits[store]), self.receive, load)
        if left:
            self._call_truck(store)

    def receive(self, event: simpy.Event) -> None:
        """Goods are put away and booked."""
        for cell, units in event._value:
            self.shelf[cell] += units
            self.believed[cell] += units
