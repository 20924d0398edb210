"""From a checkout to shipments: the order is placed, routing is asked, the record reserves, and what stock lacks is backordered
or refused."""

from __future__ import annotations

import numpy as np

from policies.reservation.deciding import BACKORDERED as OWED
from policies.reservation.deciding import GRANTED, promise_standard
from policies.reservation.deciding import REFUSED as NOT_PROMISED
from policies.reservation.life import BACKORDERED, RELEASED, RESERVED
from policies.routing.columns import FROM, LINE, SHIPPED
from twin.clock import NEVER
from twin.compiled import compiled
from twin.kpis.orders import ORDER
from twin.orders.asking import ask_about, candidate_at, look_up, turn_local_day, value_of
from twin.orders.clocks import open_from
from twin.orders.holds import begin_cart, convert
from twin.orders.rows import ask_world, count, decided, give_order, heard, note, page, take_line, take_shipment
from twin.orders.state import (
    CANCELLED_BY_CUSTOMER,
    FULFIL,
    NONE,
    SHORTENED,
    UNROUTED,
    WANTING,
    WHOLE,
    Book,
    Control,
    Life,
    Parcel,
    Stage,
)
from twin.orders.state import SPLIT as WAS_SPLIT
from twin.orders.stock import begin, cell_of, free_units, safety_of, wait_in_queue
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW, _ASK, _ASKED, _FIRST, _MANY = (
    int(c) for c in (Control.NOW, Control.ASK, Control.ASKED_LINES, Control.FIRST_CANDIDATE, Control.CANDIDATES)
)
_STRICT, _LATER, _RULE, _PLACING = int(Control.STRICT), int(Control.LATER_WOULD_DO), int(Control.RULE), int(Control.PLACED)
_DELIVERY, _READY, _BACKORDERS, _WATCHED = (
    int(c) for c in (Control.DELIVERY, Control.READY, Control.BACKORDERS, Control.WATCHED)
)
_HARD_END, _HARD_TTL = int(Control.HARD_END), int(Control.HARD_TTL)
_CART, _PLACED = int(Stage.CART), int(Stage.PLACED)
_WAITING, _SENT = int(Parcel.WAITING), int(Parcel.SENT)
_ORDERS, _CHECKOUTS, _LINES, _UNITS, _PICKUPS, _SHIPMENTS = (
    ORDER[name] for name in ("orders", "checkouts", "lines", "units", "pickups", "shipments")
)
_LINES_FILLED, _UNITS_FILLED, _FILLED, _OWED_ORDERS, _REFUSED, _SPLIT, _SHIPPED_ORDERS = (
    ORDER[name]
    for name in ("lines_filled", "units_filled", "orders_filled", "backordered", "refused", "split", "shipped")
)
_VALUE = int(Control.VALUE)
_PROMISED, _END = ORDER["promised"], int(Control.END)
_RETAILER, _STOCKOUT, _PICKUPS_CANCELLED = ORDER["cancelled_retailer"], ORDER["cancelled_stockout"], ORDER["pickups_cancelled"]
_SAID_PLACED, _SAID_ROUTED, _SAID_OWED, _SAID_REFUSED, _SAID_SENT, _SAID_CANCELLED = (
    int(k) for k in (Life.PLACED, Life.ROUTED, Life.BACKORDERED, Life.REFUSED, Life.SENT, Life.CANCELLED)
)


@inlined()
def begin_order(w: Tables, book: Book, record: Record, slot: int, number: int, zone: int, pickup: int) -> int:
    """A checkout: the cart's holds give way to the order; returns its row, which is a new one where the cart is gone.

    A new row has no lines yet: the caller adds them (``take_line``), then asks with ``route``.
    """
    now = book.control[_NOW]
    if slot != NONE and book.orders[slot].number == number and book.orders[slot].stage == _CART:
        convert(w, book, record, slot)
    else:
        slot = begin_cart(book, number, zone, pickup, 1)
    row = book.orders[slot]
    row.stage, row.placed, row.day = _PLACED, now, page(book, now)
    delay = book.control[_READY] if pickup != NONE else book.control[_DELIVERY]
    row.due = NEVER if delay == NEVER else now + delay
    if pickup != NONE and delay != NEVER:  # nobody can collect while the doors are closed
        row.due = open_from(book, pickup, row.due)
    heard(book, number ^ 0x5A5A, zone)
    return slot


@inlined()
def route(w: Tables, book: Book, slot: int) -> None:
    """Put the question where an order that was just placed goes; its lines have no reservation now."""
    row = book.orders[slot]
    line, n, units = row.first, 0, 0
    while line != NONE:
        wanted = book.lines[line]
        wanted.state = UNROUTED
        n += 1
        units += wanted.units
        line = wanted.next
    row.lines, row.open_lines = n, n
    count(book, row.day, _CHECKOUTS, 1)
    count(book, row.day, _ORDERS, 1)
    count(book, row.day, _LINES, n)
    count(book, row.day, _UNITS, units)
    count(book, row.day, _PICKUPS, row.pickup != NONE)
    note(book, _SAID_PLACED, row.number, row.pickup, NONE, units, n)
    book.control[_PLACING] = 1
    ask_about(w, slot, True)


@inlined()
def route_again(w: Tables, book: Book, slot: int) -> None:
    """Put the question where the lines of an order go that failed elsewhere."""
    book.orders[slot].attempts += 1
    book.control[_PLACING] = 0
    ask_about(w, slot, True)


@inlined()
def needs_asking(book: Book) -> bool:
    """Whether the question in hand is answered in Python."""
    slot = book.control[_ASK]
    return book.control[_RULE] < 0 or book.orders[slot].number == book.control[_WATCHED]


@compiled()
def put_question(w: Tables, strict: bool) -> int:
    """Fill in the tables of the question in hand for a rule that is asked in Python; returns how many candidates there are."""
    book = book_of(w)
    slot = book.control[_ASK]
    ask_about(w, slot, strict)
    book.control[_VALUE] = value_of(book, slot)
    many: int = book.control[_MANY]
    look_up(w, 0, many)
    return many


@part()
def answer(w: Tables, rows: int) -> None:
    """Carry out the plan of so many rows; without any, backorder or refuse."""
    book = book_of(w)
    record = record_of(w)
    slot = book.control[_ASK]
    if rows == 0 or not _promise(w, book, record, rows):
        _fall_back(w, book, record)
    book.control[_ASK] = NONE
    _after_placing(w, book, slot)


@inlined()
def _column_of_promise(book: Book, record: Record, i: int, cell: int, units: int) -> None:
    promised = book.promised
    promised[0, i], promised[1, i] = cell, units
    promised[2, i], promised[3, i] = free_units(record, cell), safety_of(book, cell)
    promised[4, i], promised[5, i] = np.int64(book.soft[cell]), record.cells[cell].backordered


@inlined()
def _ask_promise(book: Book, n: int) -> int:
    p = book.promised
    outcome: int = promise_standard(n, p[0], p[1], p[2], p[3], p[4], p[5], book.reservation, p[6])
    return outcome


@inlined()
def _promise(w: Tables, book: Book, record: Record, rows: int) -> bool:
    """Reserve what the plan says, all of it or nothing; False where the reservation rule does not grant it."""
    for i in range(rows):
        line = book.lines[book.question_rows[book.plan[i, LINE]]]
        cell = cell_of(book, candidate_at(book, book.plan[i, FROM]), line.sku)
        _column_of_promise(book, record, i, cell, book.plan[i, SHIPPED])
    if _ask_promise(book, rows) != GRANTED:
        return False
    slot, i = book.control[_ASK], 0
    while i < rows:
        sender, end = book.plan[i, FROM], i
        while end < rows and book.plan[end, FROM] == sender:
            end += 1
        shipment = _begin_shipment(book, slot, candidate_at(book, sender))
        for row in range(i, end):
            line = _cut(book, book.question_rows[book.plan[row, LINE]], book.plan[row, SHIPPED])
            _reserve(w, book, record, line, book.promised[0, row], RESERVED, shipment)
        send_if_ready(book, shipment)
        i = end
    return True


@inlined()
def _cut(book: Book, line: int, units: int) -> int:
    """The line, or so many units of it as a line of their own."""
    row = book.lines[line]
    if units == row.units:
        return line
    row.units -= units
    book.orders[row.order].open_lines += 1
    return take_line(book, row.order, row.sku, units)


@inlined()
def _begin_shipment(book: Book, slot: int, location: int) -> int:
    order, node = book.orders[slot], book.nodes[location]
    shipment = take_shipment(book, slot, location)
    book.shipments[shipment].stage = _WAITING
    order.parcels += 1
    order.shipments += 1
    turn_local_day(book, node, book.control[_NOW])
    node.orders += 1
    node.shipped += order.pickup == NONE
    count(book, order.day, _SHIPMENTS, 1)
    if order.shipments == 1:
        count(book, order.day, _SHIPPED_ORDERS, 1)
    elif not order.flags & WAS_SPLIT:
        order.flags |= WAS_SPLIT
        count(book, order.day, _SPLIT, 1)
    decided(book, order.number ^ (np.int64(location) << 48), order.shipments)
    note(book, _SAID_ROUTED, order.number, location, NONE, 0, order.shipments)
    return shipment


@inlined()
def _reserve(w: Tables, book: Book, record: Record, line: int, cell: int, state: int, shipment: int) -> None:
    """A line's reservation begins, as part of a shipment."""
    row, parcel = book.lines[line], book.shipments[shipment]
    begin(w, line, state, cell)
    row.shipment, row.next_of_shipment = shipment, parcel.first
    parcel.first = line
    parcel.units += row.units
    book.nodes[parcel.location].units += row.units
    if state == BACKORDERED:
        parcel.missing += 1
        wait_in_queue(book, line)
    row.filled = book.control[_PLACING] and state == RESERVED


@inlined()
def send_if_ready(book: Book, shipment: int) -> None:
    """Hand a shipment that waits for nothing more to its building; from now on it must leave in time."""
    parcel = book.shipments[shipment]
    if parcel.missing == 0 and parcel.stage == _WAITING:
        parcel.stage = _SENT
        ask_world(book, FULFIL, shipment)
        timers = book.hard_timers
        timer = timers[book.control[_HARD_END] & (timers.size - 1)]
        timer.time, timer.who = book.control[_NOW] + book.control[_HARD_TTL], shipment
        timer.stamp = parcel.serial
        book.control[_HARD_END] += 1
        note(book, _SAID_SENT, parcel.number, parcel.location, NONE, parcel.units, 0)


@inlined()
def _home_of(book: Book) -> int:
    """The first candidate in service that ranges all lines of the question; NONE where there is none."""
    slot, now = book.control[_ASK], book.control[_NOW]
    collected = book.orders[slot].pickup != NONE
    for c in range(book.control[_MANY]):
        location = candidate_at(book, c)
        node = book.nodes[location]
        has_room = node.orders < node.most_orders and node.shipped < node.most_shipped
        ranges = collected or (node.ships_from <= now < node.ships_to and has_room)
        for i in range(book.control[_ASKED]):
            line = book.lines[book.question_rows[i]]
            ranges = ranges and cell_of(book, location, line.sku) != NONE and line.failed != location
        if ranges:
            return location
    return NONE


@inlined()
def _fall_back(w: Tables, book: Book, record: Record) -> None:
    """Nobody can fill the lines in question: ask what is promised at the order's first candidate, from stock or without."""
    n, location = book.control[_ASKED], _home_of(book)
    placing = book.control[_PLACING]
    if location == NONE or not (placing or book.control[_BACKORDERS]):
        for i in range(n):
            _give_up(book, book.question_rows[i])
        return
    for i in range(n):
        line = book.lines[book.question_rows[i]]
        _column_of_promise(book, record, i, cell_of(book, location, line.sku), line.units)
    _ask_promise(book, n)
    shipment = NONE
    for i in range(n):
        line, outcome = book.question_rows[i], book.promised[6, i]
        if outcome == NOT_PROMISED:
            _give_up(book, line)
            continue
        if shipment == NONE:
            shipment = _begin_shipment(book, book.control[_ASK], location)
        _reserve(w, book, record, line, book.promised[0, i], RESERVED if outcome == GRANTED else BACKORDERED, shipment)
        if outcome == OWED:
            order = book.orders[book.control[_ASK]]
            note(book, _SAID_OWED, order.number, location, book.lines[line].sku, book.lines[line].units, 0)
    if shipment != NONE:
        send_if_ready(book, shipment)


@inlined()
def _give_up(book: Book, line: int) -> None:
    """A line that nobody promises: it ends without a reservation."""
    row = book.lines[line]
    order = book.orders[row.order]
    row.state, row.filled = RELEASED, 0
    order.open_lines -= 1
    order.flags |= SHORTENED
    decided(book, order.number ^ 0xA5A5, (np.int64(row.sku) << 32) | row.units)
    if not book.control[_PLACING]:
        want_of_stock(book, row.order)


@inlined()
def want_of_stock(book: Book, slot: int) -> None:
    """Part of an order that had been promised will not come, for want of stock."""
    order = book.orders[slot]
    order.flags |= SHORTENED
    if not order.flags & (WANTING | CANCELLED_BY_CUSTOMER):
        order.flags |= WANTING
        count(book, order.day, _RETAILER, 1)
        count(book, order.day, _STOCKOUT, 1)
        if order.pickup != NONE:
            count(book, order.day, _PICKUPS_CANCELLED, 1)
        note(book, _SAID_CANCELLED, order.number, NONE, NONE, 0, 1)


@inlined()
def _after_placing(w: Tables, book: Book, slot: int) -> None:
    """Count what an order was promised, and forget one that was promised nothing."""
    order = book.orders[slot]
    if book.control[_PLACING]:
        line, filled, units, promised, owed = order.first, 0, 0, 0, 0
        while line != NONE:
            row = book.lines[line]
            if row.filled:
                filled += 1
                units += row.units
            promised += row.state != RELEASED
            owed += row.state == BACKORDERED
            line = row.next
        count(book, order.day, _UNITS_FILLED, units)
        count(book, order.day, _LINES_FILLED, min(filled, order.lines))
        if filled >= order.lines and not order.flags & SHORTENED and owed == 0:
            count(book, order.day, _FILLED, 1)
            order.flags |= WHOLE
        count(book, order.day, _OWED_ORDERS, owed > 0)
        if promised > 0:
            count(book, order.day, _PROMISED, order.due < book.control[_END])
        else:
            count(book, order.day, _REFUSED, 1)
            note(book, _SAID_REFUSED, order.number, NONE, NONE, 0, 0)
    if order.open_lines == 0 and order.parcels == 0:
        give_order(w, slot)
