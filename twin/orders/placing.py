"""From a checkout to shipments: the order is placed, routing is asked, the record reserves, and what stock lacks is backordered
or refused."""

from __future__ import annotations

import numpy as np

from policies.reservation.deciding import BACKORDERED as OWED
from policies.reservation.deciding import GRANTED, PARTIAL, promise_standard
from policies.reservation.life import BACKORDERED, RELEASED, RESERVED
from policies.routing.columns import FROM, LINE, SHIPPED, UNITS_LEFT
from twin.clock import NEVER
from twin.kpis.orders import ORDER
from twin.orders.asking import ask_about, candidate_at, has_failed, look_at_node, turn_local_day
from twin.orders.clocks import open_from
from twin.orders.holds import begin_cart, convert
from twin.orders.rows import ask_world, count, decided, give_order, heard, note, page, take_line, take_shipment
from twin.orders.state import (
    CANCELLED_BY_CUSTOMER,
    CANCELLED_BY_RETAILER,
    FULFIL,
    NO_ROOM,
    NONE,
    PICKUP_CANCELLED,
    SHORTENED,
    UNROUTED,
    WHOLE,
    Book,
    Control,
    Life,
    Parcel,
    Stage,
)
from twin.orders.stock import begin, cell_of, safety_of, spare_units, wait_in_queue
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW, _ASK, _ASKED, _WANTED, _MANY = (
    int(c) for c in (Control.NOW, Control.ASK, Control.ASKED_LINES, Control.WANTED_LINES, Control.CANDIDATES)
)
_STRICT, _RULE, _PLACING = int(Control.STRICT), int(Control.RULE), int(Control.PLACED)
_DELIVERY, _READY, _BACKORDERS, _WATCHED = (
    int(c) for c in (Control.DELIVERY, Control.READY, Control.BACKORDERS, Control.WATCHED)
)
_HARD_END, _HARD_TTL = int(Control.HARD_END), int(Control.HARD_TTL)
_CART, _PLACED = int(Stage.CART), int(Stage.PLACED)
_WAITING, _SENT = int(Parcel.WAITING), int(Parcel.SENT)
_ORDERS, _CHECKOUTS, _LINES, _UNITS, _PICKUPS = (ORDER[name] for name in ("orders", "checkouts", "lines", "units", "pickups"))
_LINES_FILLED, _UNITS_FILLED, _FILLED, _OWED_ORDERS, _REFUSED = (
    ORDER[name] for name in ("lines_filled", "units_filled", "orders_filled", "backordered", "refused")
)
_PROMISED, _END = ORDER["promised"], int(Control.END)
_RETAILER, _STOCKOUT, _PICKUPS_CANCELLED = ORDER["cancelled_retailer"], ORDER["cancelled_stockout"], ORDER["pickups_cancelled"]
_SAID_PLACED, _SAID_ROUTED, _SAID_OWED, _SAID_REFUSED, _SAID_SENT, _SAID_CANCELLED, _SAID_NOT = (
    int(k)
    for k in (Life.PLACED, Life.ROUTED, Life.BACKORDERED, Life.REFUSED, Life.SENT, Life.CANCELLED, Life.NOT_PROMISED)
)
FOR_STOCK, FOR_ROOM = 1, 2  # why the retailer cancels; of a customer it is 0


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


@part()
def answer(w: Tables, rows: int) -> None:
    """Carry out the plan of so many rows. The lines that it leaves out are backordered, or else not promised."""
    book = book_of(w)
    record = record_of(w)
    control, slot = book.control, book.control[_ASK]
    if rows == 0 or not _is_granted(book, record, rows):
        rows = control[_ASKED] = 0
    end = _add_backorders(book, record, rows) if control[_BACKORDERS] else rows
    whole = end - rows == control[_WANTED] - control[_ASKED]
    if not whole and control[_PLACING] and not book.reservation[PARTIAL]:
        end = 0
    for row in range(end):
        _carry_out(w, book, record, row, row < rows)
    line = book.orders[slot].first
    while line != NONE:
        found = book.lines[line]
        if found.state == UNROUTED:
            _give_up(book, line)
        elif found.state == RESERVED:
            send_if_ready(book, found.shipment)
        line = found.next
    control[_ASK] = NONE
    _after_placing(w, book, slot)


@inlined()
def _column_of_promise(book: Book, record: Record, i: int, cell: int, units: int) -> None:
    promised = book.promised
    promised[0, i], promised[1, i] = cell, units
    promised[2, i], promised[3, i] = spare_units(record, cell), safety_of(book, cell)
    promised[4, i], promised[5, i] = np.int64(book.soft[cell]), record.cells[cell].backordered


@inlined()
def _ask_promise(book: Book, n: int) -> int:
    p = book.promised
    outcome: int = promise_standard(n, p[0], p[1], p[2], p[3], p[4], p[5], book.reservation, p[6])
    return outcome


@inlined()
def _is_granted(book: Book, record: Record, rows: int) -> bool:
    """Whether the reservation rule promises from stock what the plan says, all of it."""
    for i in range(rows):
        line = book.lines[book.question_rows[book.plan[i, LINE]]]
        cell = cell_of(book, candidate_at(book, book.plan[i, FROM]), line.sku)
        _column_of_promise(book, record, i, cell, book.plan[i, SHIPPED])
    return _ask_promise(book, rows) == GRANTED


@inlined()
def _add_backorders(book: Book, record: Record, rows: int) -> int:
    """Add rows to the plan for the lines that it leaves out and that may wait for stock; returns how many it has then."""
    book.control[_STRICT] = 0  # what waits goes by no calendar
    end = rows
    for i in range(book.control[_ASKED], book.control[_WANTED]):
        c = _home_of(book, record, i, rows, end, False)
        if c == NONE:
            c = _home_of(book, record, i, rows, end, True)
        if c != NONE:
            book.plan[end, FROM], book.plan[end, LINE] = c, i
            book.plan[end, SHIPPED] = book.lines[book.question_rows[i]].units
            end += 1
    return end


@inlined()
def _home_of(book: Book, record: Record, i: int, rows: int, end: int, failed: bool) -> int:
    """The first candidate where a line may wait, of those that failed it before or of the others; NONE where there is none."""
    line = book.lines[book.question_rows[i]]
    collected = book.orders[book.control[_ASK]].pickup != NONE
    for c in range(book.control[_MANY]):
        location = candidate_at(book, c)
        cell = cell_of(book, location, line.sku)
        if (
            cell != NONE
            and has_failed(line, location) == failed
            and look_at_node(book, c, collected)
            and _may_wait(book, record, c, cell, i, rows, end)
        ):
            return c
    return NONE


@inlined()
def _may_wait(book: Book, record: Record, c: int, cell: int, i: int, rows: int, end: int) -> bool:
    """Whether a candidate takes on the units of a line besides its rows of the plan, and the reservation rule backorders them."""
    line, plan = book.lines[book.question_rows[i]], book.plan
    units, from_cell, owed = np.int64(line.units), np.int64(0), np.int64(0)
    for row in range(end):
        if plan[row, FROM] == c:
            units += plan[row, SHIPPED]
            if book.lines[book.question_rows[plan[row, LINE]]].sku == line.sku:
                from_cell += plan[row, SHIPPED]
                owed += plan[row, SHIPPED] if row >= rows else 0
    if units > book.left[c, UNITS_LEFT]:
        return False
    _column_of_promise(book, record, 0, cell, line.units)
    book.promised[2, 0] -= from_cell
    book.promised[5, 0] += owed
    return _ask_promise(book, 1) == OWED


@inlined()
def _carry_out(w: Tables, book: Book, record: Record, row: int, granted: bool) -> None:
    """Reserve or backorder what a row of the plan says."""
    slot, location = book.control[_ASK], candidate_at(book, book.plan[row, FROM])
    line = _cut(book, book.question_rows[book.plan[row, LINE]], book.plan[row, SHIPPED])
    sku = book.lines[line].sku
    shipment = _shipment_from(book, slot, location, sku)
    _reserve(w, book, record, line, cell_of(book, location, sku), RESERVED if granted else BACKORDERED, shipment)
    if not granted:
        note(book, _SAID_OWED, book.orders[slot].number, location, sku, book.lines[line].units, 0)


@inlined()
def _shipment_from(book: Book, slot: int, location: int, sku: int) -> int:
    """What a location sends of an order and has not been handed to it yet; no shipment has a SKU in two lines."""
    line = book.orders[slot].first
    while line != NONE:
        row = book.lines[line]
        if row.state in (RESERVED, BACKORDERED):
            parcel = book.shipments[row.shipment]
            if parcel.location == location and parcel.stage == _WAITING and not _has_sku(book, row.shipment, sku):
                shipment: int = row.shipment
                return shipment
        line = row.next
    return _begin_shipment(book, slot, location)


@inlined()
def _has_sku(book: Book, shipment: int, sku: int) -> bool:
    line = book.shipments[shipment].first
    while line != NONE and book.lines[line].sku != sku:
        line = book.lines[line].next_of_shipment
    return line != NONE


@inlined()
def _cut(book: Book, line: int, units: int) -> int:
    """The line, or so many units of it as a line of their own."""
    row = book.lines[line]
    if units == row.units:
        return line
    row.units -= units
    book.orders[row.order].open_lines += 1
    piece = take_line(book, row.order, row.sku, units)
    other = book.lines[piece]
    other.failed, other.failed_before = row.failed, row.failed_before
    other.failed_earlier, other.failed_first = row.failed_earlier, row.failed_first
    return piece


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
def _give_up(book: Book, line: int) -> None:
    """A line that nobody promises: it ends without a reservation."""
    row = book.lines[line]
    order = book.orders[row.order]
    row.state, row.filled = RELEASED, 0
    order.open_lines -= 1
    order.flags |= SHORTENED
    decided(book, order.number ^ 0xA5A5, (np.int64(row.sku) << 32) | row.units)
    if not book.control[_PLACING]:
        will_not_come(book, row.order)


@inlined()
def will_not_come(book: Book, slot: int) -> None:
    """Part of an order that had been promised will not come: nobody has it, or nobody has room to pick it."""
    order = book.orders[slot]
    why = FOR_ROOM if order.flags & NO_ROOM else FOR_STOCK
    if retailer_cancels(book, slot):
        count(book, order.day, _STOCKOUT, why == FOR_STOCK)
        note(book, _SAID_CANCELLED, order.number, NONE, NONE, 0, why)


@inlined()
def retailer_cancels(book: Book, slot: int) -> bool:
    """The retailer cancels an order or a part of it; True where that is the first time, and its customer has not cancelled it."""
    order = book.orders[slot]
    order.flags |= SHORTENED
    if order.flags & (CANCELLED_BY_RETAILER | CANCELLED_BY_CUSTOMER):
        return False
    order.flags |= CANCELLED_BY_RETAILER
    count(book, order.day, _RETAILER, 1)
    pickup_cancelled(book, slot)
    return True


@inlined()
def pickup_cancelled(book: Book, slot: int) -> None:
    """An order to be collected, or a part of it, is cancelled by whomever: it counts once."""
    order = book.orders[slot]
    if order.pickup != NONE and not order.flags & PICKUP_CANCELLED:
        order.flags |= PICKUP_CANCELLED
        count(book, order.day, _PICKUPS_CANCELLED, 1)


@inlined()
def is_filled(book: Book, slot: int, sku: int) -> bool:
    """Whether a line, with all pieces that it was cut into, counts as filled from stock at placement."""
    line, filled = book.orders[slot].first, True
    while line != NONE:
        row = book.lines[line]
        filled = filled and (row.sku != sku or row.filled != 0)
        line = row.next
    return filled


@inlined()
def _is_last_piece(book: Book, line: int) -> bool:
    other = book.lines[line].next
    while other != NONE and book.lines[other].sku != book.lines[line].sku:
        other = book.lines[other].next
    return other == NONE


@inlined()
def _count_promised(book: Book, slot: int) -> None:
    """Count what an order was promised at placement."""
    order = book.orders[slot]
    line, filled, units, promised, owed = order.first, 0, 0, 0, 0
    while line != NONE:
        row = book.lines[line]
        units += row.units if row.filled else 0
        filled += _is_last_piece(book, line) and is_filled(book, slot, row.sku)
        promised += row.state != RELEASED
        owed += row.state == BACKORDERED
        line = row.next
    count(book, order.day, _UNITS_FILLED, units)
    count(book, order.day, _LINES_FILLED, filled)
    if filled == order.lines:
        count(book, order.day, _FILLED, 1)
        order.flags |= WHOLE
    count(book, order.day, _OWED_ORDERS, owed > 0)
    if promised > 0:
        count(book, order.day, _PROMISED, order.due < book.control[_END])
    else:
        count(book, order.day, _REFUSED, 1)
        note(book, _SAID_REFUSED, order.number, NONE, NONE, 0, 0)
    line = order.first if promised > 0 else NONE
    while line != NONE:
        row = book.lines[line]
        if row.state == RELEASED:
            note(book, _SAID_NOT, order.number, NONE, row.sku, row.units, 0)
        line = row.next


@inlined()
def _after_placing(w: Tables, book: Book, slot: int) -> None:
    """Count what an order was promised, and forget one of which nothing is to come."""
    order = book.orders[slot]
    if book.control[_PLACING]:
        _count_promised(book, slot)
    if order.open_lines == 0 and order.parcels == 0:
        give_order(w, slot)
