"""Carts: asking for a hold of each line, and what ends it."""

from __future__ import annotations

import numpy as np

from policies.reservation.deciding import GRANTED, hold_standard
from policies.reservation.life import CONVERT, EXPIRE, HELD
from policies.routing.columns import LOCATION
from twin.clock import NEVER
from twin.kpis.orders import ORDER
from twin.memory import Row
from twin.orders.ahead import ask_for_carts
from twin.orders.first import first_choice
from twin.orders.rows import count, give_order, heard, keep_level, note, take_order, today
from twin.orders.state import NONE, Book, Control, Life, Stage
from twin.orders.stock import begin_here, cell_of, safety_of, spare_units, step_from
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW = int(Control.NOW)
_SOFT_FIRST, _SOFT_END, _SOFT_TTL = int(Control.SOFT_FIRST), int(Control.SOFT_END), int(Control.SOFT_TTL)
_CART = int(Stage.CART)
_TIMER = (1 << 31) - 1  # bits of the number of a timer that a cart keeps: more than any ring has
_CARTS, _HOLDS, _LIMITED, _EXPIRED, _HOLD_US = (
    ORDER[name] for name in ("carts", "holds", "holds_limited", "holds_expired", "hold_us")
)
_SAID_CART, _SAID_HELD, _SAID_LIMITED, _SAID_EXPIRED = (
    int(kind) for kind in (Life.CART, Life.HELD, Life.LIMITED, Life.HOLD_EXPIRED)
)


@inlined()
def begin_cart(book: Book, number: int, zone: int, pickup: int, come: int) -> int:
    """A row for a cart, without lines yet; ``come``: 1 where it is new, 0 where it pays after its hold has expired."""
    now, slot = book.control[_NOW], take_order(book)
    row = book.orders[slot]
    row.number, row.placed, row.due, row.zone, row.pickup, row.stage = number, now, NEVER, zone, pickup, _CART
    row.next = NONE
    row.first, row.lines, row.open_lines, row.parcels, row.shipments = NONE, 0, 0, 0, 0
    row.flags, row.attempts, row.day = 0, 0, today(book)
    heard(book, number, (np.int64(zone) << 32) | (pickup + 1))
    note(book, _SAID_CART, number, pickup, NONE, 0, zone)
    count(book, row.day, _CARTS, come)
    return slot


@inlined()
def hold_lines(book: Book, record: Record, slot: int) -> None:
    """Ask for a hold of each line of a cart, at the first candidate that grants it."""
    cart = book.orders[slot]
    line, held = cart.first, 0
    while line != NONE:
        first = first_choice(book, cart.zone, cart.pickup, book.lines[line].sku)
        held += hold_line(book, record, cart, line, first.cell, first.location, first.place)
        line = book.lines[line].next
    begin_timer(book, slot, held)


@inlined()
def hold_line(book: Book, record: Record, cart: Row, line: int, cell: int, location: int, place: int) -> int:
    """Ask for a hold of a line, whose first choice is known; returns 1 where it is granted, 0 where stock is limited."""
    row = book.lines[line]
    row.place = place
    cell = _where_held(book, record, cart.zone, cart.pickup, row.sku, row.units, cell, location, place)
    if cell == NONE:
        count(book, cart.day, _LIMITED, 1)
        note(book, _SAID_LIMITED, cart.number, NONE, row.sku, row.units, 0)
        return 0
    begin_here(book, record, line, HELD, cell)
    keep_level(book, _HOLD_US, book.hold_net, 1)
    note(book, _SAID_HELD, cart.number, NONE, row.sku, row.units, cell)
    return 1


@inlined()
def begin_timer(book: Book, slot: int, held: int) -> None:
    """The time of a cart runs whose lines were asked for, ``held`` of them with success."""
    cart = book.orders[slot]
    count(book, cart.day, _HOLDS, held)
    timers = book.soft_timers
    timer = timers[book.control[_SOFT_END] & (timers.size - 1)]
    cart.next = book.control[_SOFT_END] & _TIMER
    timer.time, timer.who = book.control[_NOW] + book.control[_SOFT_TTL], slot
    book.control[_SOFT_END] += 1
    timers[book.control[_SOFT_END] & (timers.size - 1)].time = NEVER  # closes the ring


@inlined()
def _where_held(
    book: Book, record: Record, zone: int, pickup: int, sku: int, units: int, cell: int, location: int, place: int
) -> int:
    """The first cell in order of the candidates that grants a hold, from a first choice on."""
    if cell != NONE and _grants(book, record, location, cell, units, pickup != NONE):
        return cell
    if pickup != NONE:
        return NONE
    for c in range(book.candidate_first[zone] + place + 1, book.candidate_first[zone + 1]):
        location = book.candidates[c, LOCATION]
        cell = cell_of(book, location, sku)
        if cell != NONE and _grants(book, record, location, cell, units, False):
            return cell
    return NONE


@inlined()
def _grants(book: Book, record: Record, location: int, cell: int, units: int, collected: bool) -> bool:
    """Whether a location serves the web now, and grants a hold of units of its cell."""
    node, now = book.nodes[location], book.control[_NOW]
    if not collected and not node.ships_from <= now < node.ships_to:
        return False
    free, safety, soft = spare_units(record, cell), safety_of(book, cell), np.int64(record.cells[cell].soft)
    granted: bool = hold_standard(units, free, safety, soft, book.reservation) == GRANTED  # type: ignore[arg-type]
    return granted


@inlined()
def end_holds(book: Book, record: Record, slot: int, event: int) -> int:
    """All holds of a cart end by one event; returns how many there were."""
    line, many = book.orders[slot].first, 0
    while line != NONE:
        if book.lines[line].state == HELD and step_from(book, record, line, HELD, event):
            keep_level(book, _HOLD_US, book.hold_net, -1)
            many += 1
        line = book.lines[line].next
    return many


@inlined()
def next_hold_end(book: Book) -> int:
    """When the oldest hold ends unless its cart is gone by then, µs."""
    time: int = book.soft_timers[book.control[_SOFT_FIRST] & (book.soft_timers.size - 1)].time
    return time


@part()
def expire_hold(w: Tables) -> None:
    """The oldest hold's time is up."""
    book = book_of(w)
    record = record_of(w)
    timer = book.soft_timers[book.control[_SOFT_FIRST] & (book.soft_timers.size - 1)]
    ask_for_carts(book, record)
    book.control[_SOFT_FIRST] += 1
    slot = timer.who
    if slot == NONE:
        return  # it has become an order
    cart = book.orders[slot]
    many = end_holds(book, record, slot, EXPIRE)
    count(book, cart.day, _EXPIRED, many)
    if many > 0:
        note(book, _SAID_EXPIRED, cart.number, NONE, NONE, many, 0)
    give_order(w, slot)


@inlined()
def convert(book: Book, record: Record, slot: int) -> None:
    """A cart's holds give way to the order that it becomes, and its time no longer runs."""
    timers, cart = book.soft_timers, book.orders[slot]
    if cart.next != NONE:
        timers[cart.next & (timers.size - 1)].who = NONE
        cart.next = NONE
    end_holds(book, record, slot, CONVERT)
