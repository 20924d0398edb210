"""Asking for the memory of orders before it is needed: their rows and cells lie anywhere in gigabytes, and each first read of one
would wait for it. Nothing here changes anything."""

from __future__ import annotations

from twin.intrinsics import prefetch
from twin.orders.rows import ask_for_order
from twin.orders.state import NONE, OWN_LINES, Book, Control
from twin.parts import inlined
from twin.record.state import Record

_SOFT_FIRST, _SOFT_END, _HARD_FIRST, _HARD_END = (
    int(c) for c in (Control.SOFT_FIRST, Control.SOFT_END, Control.HARD_FIRST, Control.HARD_END)
)
STEP = 8
"""How many are asked for at once, a power of two: to ask for one of many pages of memory is to look up where it lies, and the
processor can look up several at a time, but goes no further before one that it came across alone is found."""
ASKED_LINES = OWN_LINES + 1  # at most: what is asked for ahead may be gone by then, and must not lead round in a circle
_TIMERS = 40
_FAR, _NEAR, _NEXT = 20, 12, 4
"""Carts between asking and using: for their rows, for lines that do not lie beside them, for the cells of all lines."""


@inlined()
def ask_for_lines(book: Book, slot: int) -> None:
    """Ask for the last line that was given to a cart or an order whose row is there: it need not lie beside it."""
    prefetch(book.lines, book.orders[slot].first)


@inlined()
def ask_for_carts(book: Book, record: Record) -> None:
    """Ask for the next carts whose holds will end, ``STEP`` at a time: their rows, their lines, and the cells of these."""
    first, end = book.control[_SOFT_FIRST], book.control[_SOFT_END]
    if first & (STEP - 1):
        return
    for i in range(first + _TIMERS, first + _TIMERS + STEP):
        prefetch(book.soft_timers, i & (book.soft_timers.size - 1))
    for i in range(first + _FAR, min(first + _FAR + STEP, end)):
        cart = _cart_at(book, i)
        if cart != NONE:
            ask_for_order(book, cart)
    for i in range(first + _NEAR, min(first + _NEAR + STEP, end)):
        cart = _cart_at(book, i)
        if cart != NONE:
            ask_for_lines(book, cart)
    for i in range(first + _NEXT, min(first + _NEXT + STEP, end)):
        _ask_for_cells(book, record, _cart_at(book, i))


@inlined()
def _cart_at(book: Book, at: int) -> int:
    """The cart whose time a timer keeps; NONE where it has become an order."""
    cart: int = book.soft_timers[at & (book.soft_timers.size - 1)].who
    return cart


@inlined()
def _ask_for_cells(book: Book, record: Record, cart: int) -> None:
    """Ask for the cells of a cart whose lines are there."""
    line = book.orders[cart].first if cart != NONE else NONE
    for _ in range(ASKED_LINES):
        if line != NONE:
            row = book.lines[line]
            if row.cell != NONE:
                prefetch(record.cells, row.cell)
            line = row.next


@inlined()
def ask_for_reserved(book: Book) -> None:
    """Ask for the next shipments whose time will be up, ``STEP`` at a time; most of them have left long ago."""
    timers, first, end = book.hard_timers, book.control[_HARD_FIRST], book.control[_HARD_END]
    last = timers.size - 1
    if first & (STEP - 1):
        return
    for i in range(first + _TIMERS, first + _TIMERS + STEP):
        prefetch(timers, i & last)
    for i in range(first + _NEXT, min(first + _NEXT + STEP, end)):
        prefetch(book.shipments, timers[i & last].who)
