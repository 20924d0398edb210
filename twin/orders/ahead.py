"""Asking for the memory of orders before it is needed: their rows and cells lie anywhere in gigabytes, and each first read of one
would wait for it. Nothing here changes anything."""

from __future__ import annotations

from twin.intrinsics import prefetch
from twin.orders.state import NONE, Book, Control
from twin.parts import inlined
from twin.record.state import Record

_SOFT_FIRST, _SOFT_END, _HARD_FIRST, _HARD_END = (
    int(c) for c in (Control.SOFT_FIRST, Control.SOFT_END, Control.HARD_FIRST, Control.HARD_END)
)
_TIMERS = 40
FAR, NEAR, NEXT, SECOND, LAST = 24, 16, 10, 7, 4
"""Carts between asking and using: for their rows, their first lines, the cells of these, of the second lines, of the others."""


@inlined()
def ask_for_lines(book: Book, slot: int) -> None:
    """Ask for the first line of a cart or an order whose row is there."""
    line = book.orders[slot].first
    if line != NONE:
        prefetch(book.lines, line)


@inlined()
def ask_for_second(book: Book, slot: int) -> None:
    """Ask for the second line of an order whose first one is there."""
    line = book.orders[slot].first
    if line != NONE and book.lines[line].next != NONE:
        prefetch(book.lines, book.lines[line].next)


@inlined()
def ask_for_carts(book: Book, record: Record) -> None:
    """Ask for the carts whose holds will end soon: their rows, their first lines, the cells of these, and what follows."""
    timers, first, end = book.soft_timers, book.control[_SOFT_FIRST], book.control[_SOFT_END]
    prefetch(timers, (first + _TIMERS) & (timers.size - 1))
    cart = _cart_at(book, first + FAR, end)
    if cart != NONE:
        prefetch(book.orders, cart)
    cart = _cart_at(book, first + NEAR, end)
    if cart != NONE:
        ask_for_lines(book, cart)
    cart = _cart_at(book, first + NEXT, end)
    if cart != NONE and book.orders[cart].first != NONE:
        _ask_for_held(book, record, book.orders[cart].first)
    line = _second_line(book, _cart_at(book, first + SECOND, end))
    if line != NONE:
        _ask_for_held(book, record, line)
    line = _second_line(book, _cart_at(book, first + LAST, end))
    while line != NONE and book.lines[line].next != NONE:
        line = book.lines[line].next
        _ask_for_held(book, record, line)


@inlined()
def _cart_at(book: Book, at: int, end: int) -> int:
    """The cart whose time a timer keeps; NONE behind the last one, and where it has become an order."""
    cart: int = book.soft_timers[at & (book.soft_timers.size - 1)].who if at < end else NONE
    return cart


@inlined()
def _second_line(book: Book, cart: int) -> int:
    line: int = book.orders[cart].first if cart != NONE else NONE
    return book.lines[line].next if line != NONE else NONE


@inlined()
def _ask_for_held(book: Book, record: Record, line: int) -> None:
    """Ask for the cell of a line, and for the line after it."""
    row = book.lines[line]
    if row.cell != NONE:
        prefetch(record.cells, row.cell)
    if row.next != NONE:
        prefetch(book.lines, row.next)


@inlined()
def ask_for_reserved(book: Book) -> None:
    """Ask for the shipments whose time will be up soon, most of which have left long ago."""
    timers, first = book.hard_timers, book.control[_HARD_FIRST]
    last = timers.size - 1
    prefetch(timers, (first + _TIMERS) & last)
    if first + NEXT < book.control[_HARD_END]:
        prefetch(book.shipments, timers[(first + NEXT) & last].who)
