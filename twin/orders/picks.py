"""What the book hears of a building's picks: what left the shelf, what was not found, and what there was no room for."""

from __future__ import annotations

import numpy as np

from policies.reservation.life import RELEASE, RELEASED, RESERVED, SHIP
from twin.clock import KEY_SHIFT
from twin.kpis.orders import ORDER
from twin.orders.hearing import forget_if_done, no_longer_timely
from twin.orders.placing import route_again
from twin.orders.rows import count, heard, note
from twin.orders.sending import close_shipment
from twin.orders.shortfall import is_filled, lose, will_not_come
from twin.orders.state import (
    NO_ROOM,
    NONE,
    UNROUTED,
    WHOLE,
    Book,
    Control,
    Life,
)
from twin.orders.stock import free_units, step
from twin.orders.tables import Tables, book_of, record_of
from twin.orders.waiting import allocate, location_of
from twin.parts import inlined, part
from twin.record.apply import apply_delta, doubt
from twin.record.state import Record

_HEARD, _COOLDOWN, _COUNTS = (int(c) for c in (Control.HEARD, Control.COOLDOWN, Control.COUNTS))
_OVERSOLD, _LINES_FILLED, _UNITS_FILLED, _FILLED = (
    ORDER[name] for name in ("oversold_units", "lines_filled", "units_filled", "orders_filled")
)
_SAID_PICKED, _SAID_REJECTED, _SAID_AWAY = (int(c) for c in (Life.PICKED, Life.REJECTED, Life.TURNED_AWAY))
MOST_ATTEMPTS = 8  # times the lines of an order are routed again before they are given up


@inlined()
def _stock_changes(book: Book, record: Record, location: int, cell: int, delta: int, event_time: int) -> None:
    """The record's level of a location's cell changes."""
    apply_delta(record, location, cell, delta, 0, book.control[_HEARD] >> KEY_SHIFT, event_time)


@inlined()
def hear_picked(w: Tables, book: Book, record: Record, location: int, line: int, units: int, event_time: int) -> None:
    """A line left the shelf of its location."""
    row = book.lines[line]
    heard(book, row.cell, units)
    reserved = units if step(w, line, SHIP) else 0
    # the reservation's end raised the position by what the shelf's loss takes from it
    _stock_changes(book, record, location, np.int64(row.cell), -units, event_time)
    if reserved:
        book.orders[row.order].open_lines -= 1
    note(book, _SAID_PICKED, book.orders[row.order].number, location, row.sku, units, 0)
    allocate(w, np.int64(row.cell))  # where a count had seen the pick before, what was reserved was taken off twice until now


@inlined()
def hear_rejected(w: Tables, book: Book, record: Record, location: int, line: int, found: int, event_time: int) -> None:
    """A picker found fewer units than the line has: the record is corrected by the reason, the line seeks another location.

    Nothing there: the cell's available units become 0, and unless it was counted since, somebody is to count it. Too few: the
    shortfall is taken off.
    """
    row = book.lines[line]
    heard(book, ~np.int64(row.cell), found)
    order, cell = book.orders[row.order], np.int64(row.cell)
    reserved = row.state == RESERVED
    missing = row.units - found
    if reserved:
        step(w, line, RELEASE)
    free = free_units(record, cell)
    gone = free if found == 0 else min(free, missing)
    if gone > 0:
        _stock_changes(book, record, location, cell, -gone, event_time)
    if found == 0 and book.control[_COUNTS] and event_time > record.count_times[record.cells[np.uintp(cell)].counted]:
        doubt(record, cell)
    if book.control[_COOLDOWN]:
        book.rejected[cell] = event_time
    note(book, _SAID_REJECTED, order.number, location, row.sku, found, missing)
    if reserved:
        count(book, order.day, _OVERSOLD, missing)
        order.flags &= ~NO_ROOM
        _seek_another(book, line, location)
    allocate(w, cell)  # what was found may do for another


@inlined()
def hear_turned_away(w: Tables, book: Book, record: Record, line: int) -> None:
    """The building has no room for a line: it seeks another location, and the record stays."""
    row = book.lines[line]
    heard(book, row.cell ^ 0x77, row.units)
    location = location_of(book, row)
    if step(w, line, RELEASE):  # not where the order was called back
        order = book.orders[row.order]
        note(book, _SAID_AWAY, order.number, location, row.sku, row.units, 0)
        order.flags |= NO_ROOM
        _seek_another(book, line, location)
        allocate(w, np.int64(row.cell))


@inlined()
def _seek_another(book: Book, line: int, location: int) -> None:
    row = book.lines[line]
    order = book.orders[row.order]
    row.state = UNROUTED
    row.failed_first, row.failed_earlier, row.failed_before = row.failed_earlier, row.failed_before, row.failed
    row.failed = location
    _unlink(book, line)
    _no_longer_filled(book, line)
    no_longer_timely(book, row.order)
    if order.attempts >= MOST_ATTEMPTS:
        row.state = RELEASED
        order.open_lines -= 1
        lose(book, line)
        will_not_come(book, row.order)


@inlined()
def _unlink(book: Book, line: int) -> None:
    """Take a line out of its shipment."""
    row = book.lines[line]
    if row.shipment == NONE:
        return
    parcel = book.shipments[row.shipment]
    if parcel.first == line:
        parcel.first = row.next_of_shipment
    else:
        other = parcel.first
        while book.lines[other].next_of_shipment != line:
            other = book.lines[other].next_of_shipment
        book.lines[other].next_of_shipment = row.next_of_shipment
    row.shipment, row.next_of_shipment = NONE, NONE


@inlined()
def _no_longer_filled(book: Book, line: int) -> None:
    row = book.lines[line]
    order = book.orders[row.order]
    if row.filled:
        count(book, order.day, _LINES_FILLED, -1 if is_filled(book, row.order, row.sku) else 0)
        row.filled = 0
        count(book, order.day, _UNITS_FILLED, -np.int64(row.units))
    if order.flags & WHOLE:
        order.flags &= ~WHOLE
        count(book, order.day, _FILLED, -1)


@part()
def after_picks(w: Tables, shipment: int, sends: bool) -> None:
    """All lines of a shipment were looked for; where some failed, routing is asked again. ``sends``: something of it goes on."""
    book = book_of(w)
    slot = book.shipments[shipment].order
    if not sends:
        close_shipment(book, shipment)
    line, seek = book.orders[slot].first, False
    while line != NONE:
        seek = seek or book.lines[line].state == UNROUTED
        line = book.lines[line].next
    if seek:
        route_again(w, book, slot)
    else:
        forget_if_done(w, book, slot)


@part()
def hear_put_back(w: Tables, location: int, cell: int, units: int, event_time: int) -> None:
    """Units came back onto a shelf: returned, not collected, or cancelled after their pick."""
    book = book_of(w)
    record = record_of(w)
    heard(book, cell ^ 0x3333, units)
    _stock_changes(book, record, location, cell, units, event_time)
    allocate(w, cell)
