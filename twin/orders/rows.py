"""Rows of the book: taking one from a free list and giving it back, noting what happened, and folding it into a digest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.intrinsics import prefetch
from twin.orders.state import NONE, OWN_LINES, UNROUTED, Book, Control, Parcel, Stage
from twin.orders.tables import Tables, book_of
from twin.parts import inlined, part

_FREE_ORDERS, _ORDERS_LEFT = int(Control.FREE_ORDERS), int(Control.ORDERS_LEFT)
_FREE_LINES = int(Control.FREE_LINES)
_FREE_SHIPMENTS, _SHIPMENTS_LEFT = int(Control.FREE_SHIPMENTS), int(Control.SHIPMENTS_LEFT)
_NOW, _LOG, _LOGS, _START = int(Control.NOW), int(Control.LOG), int(Control.LOGS), int(Control.START)
_FREE_STAGE, _LENT, _FREE_PARCEL = int(Stage.FREE), int(Stage.LENT), int(Parcel.FREE)
_OUT, _DECISIONS = int(Control.OUT), int(Control.DECISIONS)
_DECIDED, _HEARD = int(Control.DIGEST_DECIDED), int(Control.DIGEST_HEARD)
_SERIAL, _TODAY, _MIDNIGHT, _TABLE = (int(c) for c in (Control.SERIAL, Control.TODAY, Control.MIDNIGHT, Control.TABLE))
_MESSAGES, _RECORDS, _KEY, _FLOOR = (
    int(c) for c in (Control.MESSAGES, Control.RECORDS, Control.KEY, Control.FLOOR)
)
_ODD = np.int64(-7046029254386353131)  # 2**64 / golden ratio
_DAY = 86_400_000_000


@inlined()
def take_order(book: Book) -> int:
    """A free row of an order."""
    slot: int = book.control[_FREE_ORDERS]
    following = book.orders[slot].next
    book.control[_FREE_ORDERS] = following
    ask_for_order(book, following)
    book.control[_ORDERS_LEFT] -= 1
    return slot


@inlined()
def ask_for_order(book: Book, order: int) -> None:
    """Ask for the row of an order and its first two lines."""
    prefetch(book.orders, order)
    prefetch(book.lines, own_line(order, 1))
    prefetch(book.lines, own_line(order, 2))


@inlined()
def own_line(order: int, n: int) -> int:
    """The n-th of the lines that lie behind an order, from 1 on."""
    return order * (OWN_LINES + 1) + n


@inlined()
def _free_line(book: Book, order: int) -> int:
    """A free row of a line: one of the order's own, or where they are taken one that another order's row lends."""
    head = book.orders[order]
    if head.own_lines < OWN_LINES:
        head.own_lines += 1
        return own_line(order, np.int64(head.own_lines))
    if book.control[_FREE_LINES] == NONE:
        _lend(book)
    line: int = book.control[_FREE_LINES]
    book.control[_FREE_LINES] = book.lines[line].next
    return line


@inlined()
def _lend(book: Book) -> None:
    """Make a free row of an order one whose lines are for others, for good: there will be as many orders of many lines again."""
    order = take_order(book)
    book.orders[order].stage = _LENT
    for n in range(OWN_LINES, 0, -1):
        line = own_line(order, n)
        book.lines[line].next, book.lines[line].order = book.control[_FREE_LINES], NONE
        book.control[_FREE_LINES] = line


@inlined()
def take_line(book: Book, order: int, sku: int, units: int) -> int:
    """A free row of a line, put first among those of its order."""
    line = _free_line(book, order)
    row, head = book.lines[line], book.orders[order]
    row.sku, row.units, row.order, row.state, row.filled, row.place = sku, units, order, UNROUTED, 0, NONE
    row.cell, row.shipment, row.next_of_shipment, row.before, row.after = NONE, NONE, NONE, NONE, NONE
    row.stamp += 1
    row.failed, row.failed_before, row.failed_earlier, row.failed_first = NONE, NONE, NONE, NONE
    row.next = head.first
    head.first = line
    return line


@inlined()
def take_shipment(book: Book, order: int, location: int) -> int:
    """A free row of a shipment."""
    shipment: int = book.control[_FREE_SHIPMENTS]
    row = book.shipments[shipment]
    book.control[_FREE_SHIPMENTS] = row.next
    prefetch(book.shipments, row.next)
    book.control[_SHIPMENTS_LEFT] -= 1
    row.number, row.order, row.location = book.orders[order].number, order, location
    row.first, row.missing, row.units = NONE, 0, 0
    book.control[_SERIAL] += 1
    row.serial = book.control[_SERIAL]
    return shipment


@part()
def give_order(w: Tables, order: int) -> None:
    """An order and its lines are done with."""
    book = book_of(w)
    row = book.orders[order]
    line = row.first
    while line != NONE:
        own, after = book.lines[line], book.lines[line].next
        own.order = NONE
        own.stamp += 1
        if line // (OWN_LINES + 1) != order:
            own.next = book.control[_FREE_LINES]
            book.control[_FREE_LINES] = line
        line = after
    row.number, row.stage, row.first, row.own_lines = 0, _FREE_STAGE, NONE, 0
    row.next = book.control[_FREE_ORDERS]
    book.control[_FREE_ORDERS] = order
    book.control[_ORDERS_LEFT] += 1


@inlined()
def give_shipment(book: Book, shipment: int) -> None:
    """A shipment is done with."""
    row = book.shipments[shipment]
    row.number, row.stage = 0, _FREE_PARCEL
    row.next = book.control[_FREE_SHIPMENTS]
    book.control[_FREE_SHIPMENTS] = shipment
    book.control[_SHIPMENTS_LEFT] += 1


@inlined()
def ask_world(book: Book, what: int, shipment: int) -> None:
    """Ask the world for something; whoever runs the book takes it from there."""
    row = book.asked[book.control[_OUT]]
    row.what, row.shipment = what, shipment
    book.control[_OUT] += 1


@inlined()
def note(book: Book, kind: int, number: int, location: int, sku: int, units: int, other: int) -> None:
    """Keep an entry of an order's life, where they are kept."""
    if book.control[_LOGS]:
        _keep_note(book.control[_TABLE], kind, number, location, sku, units, other)


@part(seldom=True)
def _keep_note(w: Tables, kind: int, number: int, location: int, sku: int, units: int, other: int) -> None:
    """A part, as ``_keep_told`` is: what is seldom done would lie between what is done all the time, thirty times over."""
    book = book_of(w)
    row = book.log[book.control[_LOG]]
    row.time, row.number, row.kind, row.location = book.control[_NOW], number, kind, location
    row.sku, row.units, row.other = sku, units, other
    book.control[_LOG] += 1


@inlined()
def tell(
    book: Book, kind: int, number: int, shipment: int, line: int, place: int, zone: int, sku: int, units: int, other: int,
    time: int,
) -> None:  # fmt: skip
    """Keep what the book is told, where that is recorded."""
    if book.control[_RECORDS]:
        _keep_told(book.control[_TABLE], kind, number, shipment, line, place, zone, sku, units, other, time)


@part(seldom=True)
def _keep_told(
    w: Tables, kind: int, number: int, shipment: int, line: int, place: int, zone: int, sku: int, units: int, other: int, time: int
) -> None:
    book = book_of(w)
    row = book.messages[book.control[_MESSAGES]]
    row.key = max(book.control[_KEY], book.control[_FLOOR])
    row.time, row.heard, row.kind, row.number, row.shipment = time, book.control[_NOW], kind, number, shipment
    row.line, row.place, row.zone, row.sku, row.units, row.other = line, place, zone, sku, units, other
    book.control[_MESSAGES] += 1


@inlined()
def _fold(book: Book, which: int, a: int, b: int) -> None:
    mixed = (a * _ODD) ^ (b + _ODD)
    state = (book.control[which] ^ mixed ^ (mixed >> 29)) * _ODD
    book.control[which] = state ^ (state >> 32)


@inlined()
def decided(book: Book, a: int, b: int) -> None:
    """Fold a decision into the digest; order matters."""
    _fold(book, _DECIDED, a ^ (book.control[_NOW] << 1), b)
    book.control[_DECISIONS] += 1


@inlined()
def heard(book: Book, a: int, b: int) -> None:
    """Fold something heard into the digest; order matters."""
    _fold(book, _HEARD, a ^ (book.control[_NOW] << 1), b)


@inlined()
def page(book: Book, time: int) -> int:
    """Page of the tally for an instant."""
    day: int = (time - book.control[_START]) // _DAY
    return min(day, book.tally.shape[0] - 1)


@inlined()
def today(book: Book) -> int:
    """Page of the tally for now; dividing for it each time would be a tenth of what a hold costs."""
    control = book.control
    passed = control[_NOW] - control[_MIDNIGHT]
    if passed < 0 or passed >= _DAY:
        control[_MIDNIGHT] = control[_START] + (control[_NOW] - control[_START]) // _DAY * _DAY
        control[_TODAY] = page(book, control[_NOW])
    day: int = control[_TODAY]
    return day


@inlined()
def count(book: Book, day: int, field: int, more: int) -> None:
    """Add to a field of the tally."""
    book.tally[day, field] += more


@inlined()
def keep_level(book: Book, field: int, net: NDArray[np.int64], change: int) -> None:
    """The integral of a level: change x time left in the day; ``net`` of the days before is added when the tally is closed."""
    now, day = book.control[_NOW], today(book)
    book.tally[day, field] += change * (book.control[_START] + (day + 1) * _DAY - now)
    net[day] += change


def link(following: NDArray[np.int32], first: int, after: int = NONE) -> None:
    """Chain rows from ``first`` on into a free list, by which row follows each; ``after`` follows the last."""
    following[first:] = np.arange(first + 1, following.size + 1)
    following[-1] = after
