"""What the book of orders must add up to at every step of a run, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.reservation.life import BACKORDERED, HELD, RESERVED
from tests.twin.record.free import nothing_free
from tests.twin.record.under_way import expected_inbound
from tests.twin.scenes import Ran
from twin.fulfilment.orders import WebOrders
from twin.fulfilment.state import CHUNK, KIND_BITS, TRAY, Fulfilment, Hold, What
from twin.orders.state import NONE, OWN_LINES, UNROUTED, Book, Control, Parcel, Stage

Rows = NDArray[np.void]


def orders_of(ran: Ran) -> WebOrders:
    """The web orders of a run."""
    found = ran.simulation.shelves.orders
    assert found is not None
    return found


def chain(following: NDArray[np.int32], first: int) -> list[int]:
    """Numbers of the rows that hang together."""
    found, seen = [], set[int]()
    while first != NONE:
        assert first not in seen, "a chain that bites its tail"
        seen.add(first)
        found.append(first)
        first = int(following[first])
    return found


def live_lines(book: Book) -> NDArray[np.intp]:
    """Rows of the lines that belong to a cart or an order."""
    lines = book.lines
    behind = np.arange(lines.size) % (OWN_LINES + 1) != 0  # the others are the orders themselves
    return np.flatnonzero(behind & (lines["stamp"] > 0) & (lines["order"] != NONE))


def orders_there(book: Book) -> NDArray[np.intp]:
    """Rows of the carts and orders that there are."""
    return np.flatnonzero(np.isin(book.orders["stage"], [Stage.CART, Stage.PLACED]))


def due(of: Fulfilment) -> Rows:
    """All that is due some time, in no order."""
    control = of.control
    rows = [of.present[control[Hold.PRESENT] : control[Hold.PRESENT_END]], of.heap[: control[Hold.HEAP]]]
    for there in of.slices[of.slices["chunk"] != NONE]:
        inside = (int(there["many"]) - 1) % CHUNK + 1
        for chunk in chain(of.next_chunk, int(there["chunk"])):
            rows.append(of.chunks[chunk * CHUNK : chunk * CHUNK + inside])
            inside = CHUNK
    return np.concatenate(rows)


def _trays(of: Fulfilment, first: int) -> set[int]:
    """The trays on which a chain of pieces lies."""
    return {piece // TRAY for piece in chain(of.pieces["next"], first)}


@dataclass
class BookChecks:
    """Compares the counters of record and book with the rows of the book; call it after every step."""

    steps: int = 0
    tills_owe: bool = False

    def __call__(self, ran: Ran) -> None:
        self.steps += 1
        book, record = orders_of(ran).book, ran.simulation.brain.record
        orders, lines, control = book.orders, book.lines, book.control
        live = live_lines(book)
        mine = lines[live]

        def units(state: int) -> NDArray[np.int64]:
            of_state = mine[mine["state"] == state]
            return np.bincount(of_state["cell"], of_state["units"], ran.plan.cells).astype(np.int64)

        np.testing.assert_array_equal(record.cells["soft"], units(HELD), "soft")
        np.testing.assert_array_equal(record.cells["reserved"], units(RESERVED), "reserved")
        if not self.tills_owe:
            np.testing.assert_array_equal(record.cells["backordered"], units(BACKORDERED), "backordered")
        parts = record.cells["on_hand"] + expected_inbound(ran) - record.committed - record.backordered - record.cells["reserved"]
        np.testing.assert_array_equal(record.cells["position"], parts, "position")
        nothing = nothing_free(record, ran.plan.ranged.first)
        np.testing.assert_array_equal(record.outs[:, :, 1].sum(axis=0), nothing, "cells with nothing to promise")
        self._check_pools(ran, live)
        if self.steps % 20 == 0:
            self.check_trays(ran)
        assert control[Control.WAITING] == np.count_nonzero(mine["state"] == BACKORDERED)
        is_open = np.isin(mine["state"], [UNROUTED, RESERVED, BACKORDERED]) & (orders["stage"][mine["order"]] == Stage.PLACED)
        placed = orders["stage"] == Stage.PLACED
        count = np.bincount(mine["order"][is_open], minlength=orders.size)
        np.testing.assert_array_equal(count[placed], orders["open_lines"][placed], "open lines")
        self._check_shipments(ran, mine)
        if control[Control.BACKORDERS]:
            waited_for = np.flatnonzero(book.waiting != NONE)
            cells = record.cells[waited_for]
            held_back = book.safety[waited_for] if book.safety.size > 1 else book.safety[0]
            free = cells["on_hand"] - record.committed[waited_for] - cells["reserved"] - held_back
            free -= np.maximum(0, cells["backordered"] - units(BACKORDERED)[waited_for])  # customers of the tills wait for these
            assert (free < lines["units"][book.waiting[waited_for]]).all(), "stock lies there and somebody waits for it"

    def _check_pools(self, ran: Ran, live: NDArray[np.intp]) -> None:
        book = orders_of(ran).book
        control = book.control
        home = live // (OWN_LINES + 1)
        own = home[book.lines["order"][live] == home]
        np.testing.assert_array_equal(np.bincount(own, minlength=book.orders.size), book.orders["own_lines"], "lines of their own")
        lent = book.orders["stage"] == Stage.LENT
        assert lent[home[book.lines["order"][live] != home]].all(), "a line that lies behind another order"
        free = chain(book.lines["next"], int(control[Control.FREE_LINES]))
        assert len(free) + live.size - own.size == OWN_LINES * np.count_nonzero(lent)
        assert np.count_nonzero(book.orders["stage"] != Stage.FREE) + control[Control.ORDERS_LEFT] == book.orders.size
        assert np.count_nonzero(book.shipments["stage"] != Parcel.FREE) + control[Control.SHIPMENTS_LEFT] == book.shipments.size

    def _check_shipments(self, ran: Ran, mine: Rows) -> None:
        book = orders_of(ran).book
        used = book.shipments["stage"] != Parcel.FREE
        parcels = np.bincount(book.shipments["order"][used], minlength=book.orders.size)
        np.testing.assert_array_equal(parcels[book.orders["stage"] == Stage.PLACED],
                                      book.orders["parcels"][book.orders["stage"] == Stage.PLACED], "parcels")  # fmt: skip
        assert not parcels[book.orders["stage"] != Stage.PLACED].any(), "parcels of an order that is no more"
        promised = mine[np.isin(mine["state"], [RESERVED, BACKORDERED])]
        assert used[promised["shipment"]].all(), "a line whose shipment is no more"
        owed = promised["shipment"][promised["state"] == BACKORDERED]
        missing = np.bincount(owed, minlength=book.shipments.size)
        np.testing.assert_array_equal(missing[used], book.shipments["missing"][used], "missing")

    def at_the_end(self, ran: Ran) -> int:
        """No row of any pool is lost; returns how many orders are still there."""
        web = orders_of(ran)
        book, of, control = web.book, web.of, web.of.control
        for rows, first, left in (
            (book.orders, book.control[Control.FREE_ORDERS], book.control[Control.ORDERS_LEFT]),
            (book.shipments, book.control[Control.FREE_SHIPMENTS], book.control[Control.SHIPMENTS_LEFT]),
            (of.sessions, control[Hold.FREE_TRAYS], control[Hold.TRAYS_LEFT]),
        ):
            assert len(chain(rows["next"], int(first))) == left
        chunks = chain(of.next_chunk, int(control[Hold.FREE_CHUNKS]))
        assert len(chunks) == control[Hold.CHUNKS_LEFT]
        waiting = of.slices[of.slices["chunk"] != NONE]
        assert waiting["many"].sum() == control[Hold.LATER]
        assert of.next_chunk.size - control[Hold.CHUNKS_LEFT] == (-(-waiting["many"] // CHUNK)).sum()
        self.check_trays(ran)
        return int(orders_there(book).size)

    def check_trays(self, ran: Ran) -> None:
        """Every tray that is taken belongs to one customer, one shipment or one unit that comes back."""
        web = orders_of(ran)
        book, of = web.book, web.of
        entries = due(of)
        kinds, who = entries["turn"] & ((1 << KIND_BITS) - 1), entries["who"]
        customers = who[kinds == What.CHECKOUT]
        owned = [{int(tray)} | _trays(of, int(of.sessions["first"][tray])) for tray in customers]
        jobs = of.jobs["first"][np.isin(book.shipments["stage"], [Parcel.SENT, Parcel.SHIPPED])]
        owned += [_trays(of, int(first)) for first in jobs[jobs != NONE]]
        owned += [{int(piece) // TRAY} for piece in who[np.isin(kinds, [What.RETURN, What.INSPECTED, What.PUT_BACK])]]
        taken = of.sessions.size - of.control[Hold.TRAYS_LEFT]
        assert sum(map(len, owned)) == len(set[int]().union(*owned)) == taken, "a tray that is lost, or has two owners"
