"""Web orders as the shelf lane sees them: advance them together with the tills, ask rules in Python, keep room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.routing.base import Plan as Sendings
from policies.routing.base import Question
from policies.routing.explaining import explain
from twin.agenda import Agenda
from twin.brain.brain import Brain
from twin.clock import DAY
from twin.demand.web.carts import Carts
from twin.fulfilment.lane import ASKS, FULL, SPARE, advance_orders, drain_orders
from twin.fulfilment.new import new_fulfilment, with_room
from twin.fulfilment.state import TRAY, Hold
from twin.fulfilment.stations import close_stations, set_servers
from twin.kpis.orders import ORDER, STATION_FIELDS, WebLedger
from twin.memory import table_of
from twin.orders.asked import Asked
from twin.orders.first import FIRST, find_first
from twin.orders.keeping import BookKeeper, Table
from twin.orders.state import NONE, Control
from twin.orders.waiting import allocate_cells
from twin.plan.build import Plan

_STOP = int(Hold.STOP)
_ROOM = 16  # of ``SPARE``: how much memory grows by, at least


class WebOrders(BookKeeper):
    """The book of orders and its fulfilment, in one replication.

    Attributes
    ----------
    lives : what became of orders, where ``logs`` asks for it (``twin.orders.state.ENTRY``)
    messages : what the book heard, where ``records`` asks for it (``twin.orders.state.MESSAGE``)
    """

    def __init__(
        self, plan: Plan, replication: int, brain: Brain, *, logs: bool = False, watched: int | None = None,
        records: bool = False,
    ) -> None:  # fmt: skip
        assert plan.web is not None
        self.of, self.benches = new_fulfilment(plan, replication)
        super().__init__(plan, logs=logs, records=records)
        self.of = with_room(self.of, self.book.shipments, 0)
        self.see()
        self._plan, self._brain = plan, brain
        seed = plan.scenario.seed & ((1 << 63) - 1)
        self._carts = Carts(plan.web.carts, seed, replication, plan.scenario.start_us)
        self.lives: list[NDArray[np.void]] = []
        self.messages: list[NDArray[np.void]] = []
        self._before = 0
        self.book.control[Control.WATCHED] = NONE if watched is None else watched
        self.watches = watched is not None
        self.asked: list[Asked] = []

    def see(self) -> None:
        """Look at all arrays anew, after some have grown."""
        super().see()
        self._mine = np.vstack([self.book_table, table_of(self.of)])
        self._of_others: tuple[Table | None, ...] = (None, None, None)
        self._control = self.of.control.data

    def _whole_table(self, shelves: Table, operations: Table) -> int:
        """The addresses of all that orders touch."""
        others = self._brain.table, shelves, operations
        if any(mine is not theirs for mine, theirs in zip(self._of_others, others, strict=True)):
            self.put_table(np.vstack([others[0], self._mine, shelves, operations]))
            self._of_others = others
        return self.table

    @property
    def carts_done(self) -> int:
        """Carts that have come so far."""
        return self._before + int(self._control[Hold.NEXT_CART])

    def next_stretch(self, first_day: int, end_day: int) -> None:
        """Make the carts of the next days."""
        self._before = self._carts.done
        carts, wanted = self._carts.next_stretch(first_day, end_day - first_day)
        firsts = self.of.firsts if self.of.firsts.size >= wanted.size else np.zeros(wanted.size + wanted.size // 4, FIRST)
        find_first(self.book_table, carts, wanted, firsts)
        self.of = self.of._replace(carts=carts, wanted=wanted, firsts=firsts)
        self.of.control[Hold.NEXT_CART] = 0
        self.see()

    def advance(self, shelves: Table, operations: Table, until: int, at_once: bool) -> int:
        """Run tills and orders up to the key ``until``; returns the key they stopped before."""
        table, rows = self._whole_table(shelves, operations), 0
        while True:
            reached = advance_orders(table, until, at_once, rows)
            stop = self._control[_STOP]
            if stop == ASKS:
                rows = self.ask()
            elif stop == FULL:
                self.grow(_ROOM * SPARE)
                table, rows = self._whole_table(shelves, operations), 0
            else:
                return int(reached)

    def grow(self, least: int) -> None:
        """See to it that there are so many free rows of each kind."""
        self.take_lives()
        super().grow(least)
        self.of = with_room(self.of, self.book.shipments, least)
        self.see()

    def _least_left(self) -> int:
        """Free rows of the kind that has fewest."""
        book, of = self.control, self._control
        return min(
            book[Control.ORDERS_LEFT], book[Control.SHIPMENTS_LEFT], of[Hold.TRAYS_LEFT], of[Hold.CHUNKS_LEFT],
            len(self.of.heap) - of[Hold.HEAP], len(self.of.present) - of[Hold.FULLEST],
            len(self.book.log) - book[Control.LOG],
            len(self.book.hard_timers) - (book[Control.HARD_END] - book[Control.HARD_FIRST]),
            len(self.book.messages) - book[Control.MESSAGES],
        )  # fmt: skip

    def _to_send(self) -> int:
        """Rows of one kind that are needed where all who wait get their stock at once and are sent to their buildings.

        Of a line that waits: an entry of the log that it gets its stock, and of its shipment one that it is sent, or two things
        that are due; and trays for all of the shipment's lines, whether they waited or not.
        """
        trays = -(-len(self.book.question_rows) // TRAY)
        return max(2, trays) * int(self.control[Control.WAITING])

    def take_lives(self) -> None:
        """Keep what was noted of orders, of one that is watched alone where there is one, and what the book heard, since this was
        last done."""
        control = self.book.control
        noted, watched = self.book.log[: control[Control.LOG]], control[Control.WATCHED]
        if noted.size:
            self.lives.append(noted.copy() if watched == NONE else noted[noted["number"] == watched])
            control[Control.LOG] = 0
        if heard := int(control[Control.MESSAGES]):
            self.messages.append(self.book.messages[:heard].copy())
            control[Control.MESSAGES] = 0

    def answered(self, question: Question, plan: Sendings, strict: bool) -> None:
        """Keep why each candidate was or was not chosen for the order that is watched."""
        control, book = self.control, self.book
        if self.watches and control[Control.WATCHED] == book.orders[control[Control.ASK]]["number"]:
            self.take_lives()
            found = explain(self.routing, question, plan)
            rows = book.lines[book.question_rows[: control[Control.ASKED_LINES]]]
            lines = tuple((int(row["sku"]), int(row["units"])) for row in rows)
            said = sum(map(len, self.lives))
            self.asked.append(Asked(int(control[Control.NOW]), said, strict, lines, tuple(plan), found))

    def stock_changed(
        self, shelves: Table, operations: Table, cells: NDArray[np.int32], heard_key: int, agenda: Agenda
    ) -> None:
        """The record heard of stock: those who wait for it get theirs."""
        if self.book.control[Control.WAITING]:
            needed = SPARE + self._to_send()
            if self._least_left() < needed:
                self.grow(2 * needed)
            table = self._whole_table(shelves, operations)
            allocate_cells(table, cells, heard_key)
            drain_orders(table, agenda.time)

    def set_servers(self, shelves: Table, operations: Table, station: int, servers: int, time: int) -> None:
        """A shift begins or ends at a station: as many jobs begin there as find a server."""
        needed = SPARE + int(min(servers, self.of.stations["in_system"][station]))
        if self._least_left() < needed:
            self.grow(2 * needed)
        set_servers(self._whole_table(shelves, operations), station, servers, time)

    def close(self, end_us: int) -> WebLedger:
        """What was measured."""
        close_stations(self.table, end_us)
        self.take_lives()
        book, of, plan = self.book, self.of, self._plan
        orders = book.tally.copy()
        for field, net in (("hold_us", book.hold_net), ("backorder_us", book.owed_net)):
            orders[:, ORDER[field]] += (np.cumsum(net) - net) * DAY  # the level at the start of each day
        ledger = WebLedger.empty(plan.days, len(plan.network.locations), self.benches.names)
        ledger.orders[:], ledger.nodes[:], ledger.node_money[:] = orders, of.nodes, of.money
        if len(of.stations):
            ledger.stations[:] = np.stack([of.stations[name] for name in STATION_FIELDS], axis=1)
        ledger.cycle[:], ledger.collect[:], ledger.wait[:] = of.cycle, of.collect, of.wait
        return ledger
