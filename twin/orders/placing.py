"""From a checkout to its shipments: the order is placed, routing is asked, and its answer carried out."""

from __future__ import annotations

from policies.reservation.deciding import PARTIAL
from policies.reservation.life import BACKORDERED, RELEASED, RESERVED
from twin.clock import NEVER
from twin.kpis.orders import ORDER
from twin.orders.asking import ask_about
from twin.orders.clocks import open_from
from twin.orders.holds import begin_cart, convert
from twin.orders.promising import add_backorders, is_granted
from twin.orders.rows import count, give_order, heard, note, today
from twin.orders.sending import carry_out, send_if_ready
from twin.orders.shortfall import give_up, is_filled
from twin.orders.state import (
    NONE,
    UNROUTED,
    WHOLE,
    Book,
    Control,
    Life,
    Stage,
)
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW, _ASK, _ASKED, _WANTED = (int(c) for c in (Control.NOW, Control.ASK, Control.ASKED_LINES, Control.WANTED_LINES))
_PLACING, _DELIVERY, _READY, _BACKORDERS = (
    int(c) for c in (Control.PLACED, Control.DELIVERY, Control.READY, Control.BACKORDERS)
)
_END = int(Control.END)
_CART, _PLACED = (int(c) for c in (Stage.CART, Stage.PLACED))
_ORDERS, _CHECKOUTS, _LINES, _UNITS, _PICKUPS = (ORDER[name] for name in ("orders", "checkouts", "lines", "units", "pickups"))
_LINES_FILLED, _UNITS_FILLED, _FILLED, _OWED_ORDERS, _REFUSED = (
    ORDER[name] for name in ("lines_filled", "units_filled", "orders_filled", "backordered", "refused")
)
_PROMISED = ORDER["promised"]
_SAID_PLACED, _SAID_REFUSED, _SAID_NOT = (int(c) for c in (Life.PLACED, Life.REFUSED, Life.NOT_PROMISED))


@inlined()
def begin_order(book: Book, record: Record, slot: int, number: int, zone: int, pickup: int) -> int:
    """A checkout: the cart's holds give way to the order; returns its row, which is a new one where the cart is gone.

    A new row has no lines yet: the caller adds them (``take_line``), then asks with ``route``.
    """
    now = book.control[_NOW]
    if slot != NONE and book.orders[slot].number == number and book.orders[slot].stage == _CART:
        convert(book, record, slot)
    else:
        slot = begin_cart(book, number, zone, pickup, 1)
    row = book.orders[slot]
    row.stage, row.placed, row.day = _PLACED, now, today(book)
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


@part()
def answer(w: Tables, rows: int) -> None:
    """Carry out the plan of so many rows. The lines that it leaves out are backordered, or else not promised."""
    book = book_of(w)
    record = record_of(w)
    control, slot = book.control, book.control[_ASK]
    if rows == 0 or not is_granted(book, record, rows):
        rows = control[_ASKED] = 0
    end = add_backorders(book, record, rows) if control[_BACKORDERS] else rows
    whole = end - rows == control[_WANTED] - control[_ASKED]
    if not whole and control[_PLACING] and not book.reservation[PARTIAL]:
        end = 0
    for row in range(end):
        carry_out(w, book, record, row, row < rows)
    line = book.orders[slot].first
    while line != NONE:
        found = book.lines[line]
        if found.state == UNROUTED:
            give_up(book, line)
        elif found.state == RESERVED:
            send_if_ready(book, found.shipment)
        line = found.next
    control[_ASK] = NONE
    _after_placing(w, book, slot)


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
