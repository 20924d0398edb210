"""Asking for the memory of orders before it is needed: their rows and cells lie anywhere in gigabytes, and each first read of one
would wait for it. Nothing here changes anything."""

from __future__ import annotations

from twin.intrinsics import prefetch
from twin.orders.state import NONE, Book, Control
from twin.parts import inlined

_SOFT_FIRST, _SOFT_END = int(Control.SOFT_FIRST), int(Control.SOFT_END)
FAR, NEAR, NEXT, LAST = 24, 16, 10, 4
"""Carts between asking and using: for their rows, for their first lines, for the cells of these, for the other lines."""


@inlined()
def ask_for_lines(book: Book, slot: int) -> None:
    """Ask for the first line of a cart or an order whose row is there."""
    line = book.orders[slot].first
    if line != NONE:
        prefetch(book.lines, line)


@inlined()
def ask_for_carts(book: Book) -> None:
    """Ask for the carts whose holds will end soon: their rows, their first lines, the cells of these, and what follows."""
    timers, first, end = book.soft_timers, book.control[_SOFT_FIRST], book.control[_SOFT_END]
    last = timers.size - 1
    if first + FAR < end:
        prefetch(book.orders, timers[(first + FAR) & last].who)
    if first + NEAR < end:
        ask_for_lines(book, timers[(first + NEAR) & last].who)
    if first + NEXT < end:
        line = book.orders[timers[(first + NEXT) & last].who].first
        if line != NONE:
            _ask_for_held(book, line)
    if first + LAST < end:
        line = book.orders[timers[(first + LAST) & last].who].first
        while line != NONE and book.lines[line].next != NONE:
            line = book.lines[line].next
            _ask_for_held(book, line)


@inlined()
def _ask_for_held(book: Book, line: int) -> None:
    """Ask for the cell of a line, and for the line after it."""
    row = book.lines[line]
    if row.cell != NONE:
        prefetch(book.soft, row.cell)
    if row.next != NONE:
        prefetch(book.lines, row.next)
