"""Recorded orders in the open loop: the book hears its feed together with the record, and nobody fulfils."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twin.brain.brain import Brain
from twin.clock import NEVER, Phase, key, key_time
from twin.orders.keeping import BookKeeper
from twin.orders.replaying import ASKS, FULL, SPARE, forward, hear_told, next_told
from twin.orders.state import MESSAGE, NONE, Control
from twin.orders.waiting import allocate_cells
from twin.plan.build import Plan


class HeardOrders(BookKeeper):
    """A book that hears a recorded feed."""

    def __init__(self, plan: Plan, brain: Brain, messages: NDArray[np.void]) -> None:
        super().__init__(plan)
        self._brain = brain
        closing = np.zeros(1, MESSAGE)
        closing["key"] = NEVER
        self.told, self.at = np.concatenate([messages, closing]), 0
        self._by_number = np.full(int(messages["number"].max(initial=0)) + 1, NONE, np.int64)
        self._by_serial = np.full(int(messages["shipment"].max(initial=0)) + 1, NONE, np.int64)

    def _refresh(self) -> None:
        self.put_table(np.vstack([self._brain.table, self.book_table]))

    def next_key(self) -> int:
        """Key of the next thing that the book hears or does of itself."""
        self._refresh()
        return int(next_told(self.table, self.told, self.at))

    def hear(self) -> None:
        """Hear the next message, or let the next timer of the book run out."""
        rows = 0
        while True:
            self._refresh()
            self.at, stop = hear_told(self.table, self.told, self.at, self._by_number, self._by_serial, rows)
            if stop == ASKS:
                rows = self.ask()
            elif stop == FULL:
                self.grow(2 * SPARE)
            else:
                return

    def stock_changed(self, cells: NDArray[np.int32], heard_key: int) -> None:
        """The record heard of stock: those who wait for it get theirs."""
        if self.book.control[Control.WAITING]:
            self.grow(SPARE + int(self.book.control[Control.WAITING]))
            self._refresh()
            allocate_cells(self.table, cells, heard_key)
            forward(self.table, self._by_serial)


def hear_together(orders: HeardOrders, hear_tills: Callable[[int], int], signals: Callable[[], bool], until: int) -> int:
    """Tills and orders in one order up to a key; returns where they stopped before, which a signal may bring nearer."""
    while True:
        next_key = orders.next_key()
        stop = min(until, next_key + 1)
        reached = hear_tills(stop)
        if reached < stop or next_key >= until:
            return min(reached, until)
        orders.hear()
        if signals():
            until = min(until, key(key_time(next_key), Phase.REVIEW))


