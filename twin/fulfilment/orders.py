"""Web orders as the shelf lane sees them: advance them together with the tills, ask rules in Python, keep room."""

from __future__ import annotations

from typing import Any

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
from twin.fulfilment.state import Hold
from twin.fulfilment.stations import close_stations, set_servers
from twin.kpis.orders import ORDER, STATION_FIELDS, WebLedger
from twin.memory import table_of
from twin.orders.asked import Asked
from twin.orders.hearing import allocate_cells
from twin.orders.new import new_book
from twin.orders.new import with_room as book_with_room
from twin.orders.placing import put_question
from twin.orders.state import NONE, Control
from twin.plan.build import Plan

Table = NDArray[np.int64]


class WebOrders:
    """The book of orders and its fulfilment, in one replication."""

    def __init__(
        self, plan: Plan, replication: int, brain: Brain, *, logs: bool = False, watched: int | None = None
    ) -> None:
        assert plan.web is not None
        self._plan, self._web, self._brain = plan, plan.web, brain
        self.book = new_book(plan, logs=logs)
        self.book.control[Control.WATCHED] = NONE if watched is None else watched
        self._watches = watched is not None
        self.of, self.benches = new_fulfilment(plan, replication)
        seed = plan.scenario.seed & ((1 << 63) - 1)
        self._carts = Carts(plan.web.carts, seed, replication, plan.scenario.start_us)
        self._candidates: dict[tuple[int, int, bool], Any] = {}
        self.lives: list[NDArray[np.void]] = []
        self._before = 0
        self.asked: list[Asked] = []
        self._tables()

    def _tables(self) -> None:
        book, of = self.book, self.of
        self._mine = np.vstack([table_of(book), table_of(of)])
        self._table: Table = np.zeros((0, 4), np.int64)
        self._of_others: tuple[Table | None, ...] = (None, None, None)
        self._views = tuple(memoryview(a) for a in (book.question_lines, book.left, book.stock, book.plan))  # type: ignore[arg-type]
        self._pickups = book.orders["pickup"]
        self._book_control, self._control = book.control.data, of.control.data
        self._candidates.clear()

    def _whole_table(self, shelves: Table, operations: Table) -> Table:
        """The addresses of all that orders touch."""
        others = self._brain.table, shelves, operations
        if any(mine is not theirs for mine, theirs in zip(self._of_others, others, strict=True)):
            self._table, self._of_others = np.vstack([others[0], self._mine, shelves, operations]), others
        return self._table

    @property
    def carts_done(self) -> int:
        """Carts that have come so far."""
        return self._before + self._control[Hold.NEXT_CART]

    def digests(self) -> tuple[int, int]:
        """Digests of what the book heard, and of what was decided about orders."""
        return self._book_control[Control.DIGEST_HEARD], self._book_control[Control.DIGEST_DECIDED]

    def next_stretch(self, first_day: int, end_day: int) -> None:
        """Make the carts of the next days."""
        self._before = self._carts.done
        carts, wanted = self._carts.next_stretch(first_day, end_day - first_day)
        self.of = self.of._replace(carts=carts, wanted=wanted)
        self.of.control[Hold.NEXT_CART] = 0
        self._tables()

    def advance(self, shelves: Table, operations: Table, until: int, at_once: bool) -> int:
        """Run tills and orders up to the key ``until``; returns the key they stopped before."""
        rows = 0
        while True:
            reached = advance_orders(self._whole_table(shelves, operations), until, at_once, rows)
            rows = 0
            stop = self._control[Hold.STOP]
            if stop == ASKS:
                rows = self._ask()
            elif stop == FULL:
                self.make_room(2 * SPARE)
            else:
                return int(reached)

    def _ask(self) -> int:
        """Ask a rule in Python; returns the rows of its plan, which it leaves in the book."""
        for strict in (True, False):
            question = self.question(strict)
            plan = self._web.routing.choose(question)
            if plan or not self._book_control[Control.LATER_WOULD_DO]:
                break
        if self._watches:
            self._keep_if_watched(question, plan, strict)
        table = self._views[3]
        if len(plan) > len(table):
            raise ValueError(f"{self._web.routing}: a plan of {len(plan)} rows, expected at most {len(table)}")
        for i, (candidate, line, units) in enumerate(plan):
            table[i, 0], table[i, 1], table[i, 2] = candidate, line, units
        return len(plan)

    def _keep_if_watched(self, question: Question, plan: Sendings, strict: bool) -> None:
        """Keep why each candidate was or was not chosen for the order that is watched."""
        control, book = self._book_control, self.book
        if control[Control.WATCHED] == book.orders[control[Control.ASK]]["number"]:
            self.take_lives()
            found = explain(self._web.routing, question, plan)
            rows = book.lines[book.question_rows[: control[Control.ASKED_LINES]]]
            lines = tuple((int(row["sku"]), int(row["units"])) for row in rows)
            said = sum(map(len, self.lives))
            self.asked.append(Asked(int(control[Control.NOW]), said, strict, lines, tuple(plan), found))

    def question(self, strict: bool) -> Question:
        """The question in hand."""
        many = put_question(self._table, strict)
        control = self._book_control
        first = control[Control.FIRST_CANDIDATE]
        collected = bool(self._pickups[control[Control.ASK]] >= 0)
        key = first, many, collected
        if key not in self._candidates:
            table = self.book.alone if collected else self.book.candidates
            self._candidates[key] = memoryview(np.ascontiguousarray(table[first : first + many]))  # type: ignore[arg-type]
        lines, left, stock, _ = self._views
        return Question(lines, control[Control.ASKED_LINES], control[Control.VALUE], self._candidates[key], left, stock)

    def make_room(self, least: int) -> None:
        """See to it that there are so many free rows of each kind."""
        self.book = book_with_room(self.book, least)
        self.of = with_room(self.of, self.book.shipments.size, least)
        self.take_lives()
        self._tables()

    def take_lives(self) -> None:
        """Keep what was noted of orders since this was last done: of one that is watched alone, where there is one."""
        control = self.book.control
        noted, watched = self.book.log[: control[Control.LOG]], control[Control.WATCHED]
        if noted.size:
            self.lives.append(noted.copy() if watched == NONE else noted[noted["number"] == watched])
            control[Control.LOG] = 0

    def stock_changed(
        self, shelves: Table, operations: Table, cells: NDArray[np.int32], heard_key: int, agenda: Agenda
    ) -> None:
        """The record heard of stock: those who wait for it get theirs."""
        if self.book.control[Control.WAITING]:
            self.make_room(SPARE + int(self.book.control[Control.WAITING]))
            table = self._whole_table(shelves, operations)
            allocate_cells(table, cells, heard_key)
            drain_orders(table, agenda.time)

    def set_servers(self, shelves: Table, operations: Table, station: int, servers: int, time: int) -> None:
        """A shift begins or ends at a station."""
        set_servers(self._whole_table(shelves, operations), station, servers, time)

    def close(self, end_us: int) -> WebLedger:
        """What was measured."""
        close_stations(self._table, end_us)
        book, of, plan = self.book, self.of, self._plan
        orders = book.tally.copy()
        level = np.cumsum(book.hold_net) - book.hold_net
        orders[:, ORDER["hold_us"]] += level * DAY
        stations = np.stack([of.stations[name] for name in STATION_FIELDS], axis=1) if len(of.stations) else None
        places = plan.network.locations
        ledger = WebLedger.empty(plan.days, len(places), self.benches.names)
        ledger.orders[:], ledger.nodes[:], ledger.node_money[:] = orders, of.nodes, of.money
        if stations is not None:
            ledger.stations[:] = stations
        ledger.cycle[:], ledger.collect[:], ledger.wait[:] = of.cycle, of.collect, of.wait
        return ledger


__all__ = ["Sendings", "WebOrders"]
