"""Asking for the memory of what is due next before it is needed (see ``twin.orders.ahead``)."""

from __future__ import annotations

from twin.clock import NEVER
from twin.fulfilment.state import KIND_BITS, Fulfilment, Hold, What
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.orders.ahead import ask_for_cell, ask_for_lines
from twin.orders.state import NONE, Book
from twin.parts import inlined
from twin.record.state import Record
from twin.world.state import Shelves

_HEAP, _NEXT_CART = int(Hold.HEAP), int(Hold.NEXT_CART)
_CHECKOUT, _SERVED, _CONFIRMED, _GIVE_UP = int(What.CHECKOUT), int(What.SERVED), int(What.CONFIRMED), int(What.GIVE_UP)
_KIND = (1 << KIND_BITS) - 1
_CARTS = 8  # carts between asking for their cells and using them


@inlined()
def ask_for_entry(of: Fulfilment, book: Book, entry: Row) -> None:
    """Ask for the row of whom an entry is about."""
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        prefetch(of.sessions, entry.who)
    elif _SERVED <= what <= _GIVE_UP:
        prefetch(of.jobs, entry.who)
        prefetch(book.shipments, entry.who)


@inlined()
def _ask_for_order(of: Fulfilment, book: Book, i: int) -> None:
    """Ask for the order and the pieces of the i-th entry of the heap, whose own row is there."""
    entry = of.due[of.heap_rows[i]]
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        session = of.sessions[entry.who]
        prefetch(book.orders, session.slot)
        if session.first != NONE:
            prefetch(of.pieces, session.first)
    elif _SERVED <= what <= _GIVE_UP:
        work = of.jobs[entry.who]
        prefetch(book.orders, work.order)
        if work.first != NONE:
            prefetch(of.pieces, work.first)


@inlined()
def _ask_for_goods(of: Fulfilment, book: Book, record: Record, shelves: Shelves) -> None:
    """Ask for lines and cells of the first entry of the heap, whose order and pieces are there."""
    entry = of.due[of.heap_rows[0]]
    what = entry.turn & _KIND
    if what == _CHECKOUT:
        ask_for_lines(book, of.sessions[entry.who].slot)
    elif what in (_SERVED, _CONFIRMED):
        piece = of.jobs[entry.who].first
        if piece != NONE:
            row = of.pieces[piece]
            if what == _SERVED:
                prefetch(shelves.on_hand, row.cell)
            else:
                prefetch(record.cells, row.cell)
                prefetch(book.lines, row.line)
            if row.next != NONE:
                prefetch(of.pieces, row.next)
    elif what <= _GIVE_UP:
        ask_for_lines(book, of.jobs[entry.who].order)


@inlined()
def ask_for_next(of: Fulfilment, book: Book, record: Record, shelves: Shelves) -> None:
    """Ask for what the next entries of the heap will touch, whatever of it is known by now."""
    size = of.control[_HEAP]
    if size > 2:
        _ask_for_order(of, book, 1)
        _ask_for_order(of, book, 2)
        _ask_for_goods(of, book, record, shelves)


@inlined()
def ask_for_carts_cells(of: Fulfilment, book: Book, record: Record) -> None:
    """Ask for the cells that a cart to come will be held at."""
    later = of.carts[min(of.control[_NEXT_CART] + _CARTS, of.carts.size - 1)]
    if later.key != NEVER:
        for i in range(later.first, later.first + later.lines):
            ask_for_cell(book, record, later.zone, later.pickup, of.wanted[i].sku)
