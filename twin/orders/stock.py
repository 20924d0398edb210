"""What the record has of a cell, and how reservations change it: the one place where a reservation passes from state to state."""

from __future__ import annotations

import numpy as np

from policies.reservation.life import (
    ALLOCATE,
    BACKORDERED,
    REFUSED,
    backordered_change,
    follow,
    reserved_change,
    soft_change,
)
from twin.kpis.orders import ORDER
from twin.orders.rows import decided, keep_level
from twin.orders.state import NONE, UNROUTED, Book, Control
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.apply import check_point
from twin.record.outs import crosses, free_changes, free_of
from twin.record.state import Record

_NOW, _WAITING, _OWED_US = int(Control.NOW), int(Control.WAITING), ORDER["backorder_us"]


@inlined()
def cell_of(book: Book, location: int, sku: int) -> int:
    """The cell of a SKU at a location, NONE where it is not ranged."""
    node = book.nodes[location]
    local = np.int64(sku)
    if node.sheet != NONE:
        local = np.int64(book.places[node.sheet, sku])
        if local < 0:
            return NONE
    elif local >= node.size:
        return NONE
    found: int = node.first + local
    return found


@inlined()
def first_ranging(book: Book, zone: int, sku: int) -> int:
    """Place among the candidates of a zone before which none ranges a SKU."""
    place: int = book.nearest[zone, book.kinds[sku]]
    return place


@inlined()
def place_of(book: Book, cell: int) -> int:
    """The location of a cell."""
    low, high = 0, book.nodes.size - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if book.nodes[middle].first <= cell:
            low = middle
        else:
            high = middle - 1
    return low


@inlined()
def free_units(record: Record, cell: int) -> int:
    """What is on hand and promised to nobody."""
    units: int = free_of(record.cells[np.uintp(cell)])
    return units


@inlined()
def spare_units(record: Record, cell: int) -> int:
    """What is free for who comes now: those who wait already are served first."""
    return free_units(record, cell) - max(0, np.int64(record.cells[np.uintp(cell)].backordered))


@inlined()
def safety_of(book: Book, cell: int) -> np.int64:
    """Units of a cell held back from the web."""
    return np.int64(book.safety[cell] if book.safety.size > 1 else book.safety[0])


@part()
def begin(w: Tables, line: int, state: int, cell: int) -> None:
    """A reservation of a line begins, at a cell."""
    begin_here(book_of(w), record_of(w), line, state, cell)


@inlined()
def begin_here(book: Book, record: Record, line: int, state: int, cell: int) -> None:
    """As ``begin``, for a caller that has but one state to begin in: of the rest nothing is compiled."""
    row = book.lines[line]
    row.cell, row.state = cell, state
    row.stamp += 1
    _change(book, record, cell, REFUSED, state, row.units)
    _decided(book, line)


@part()
def step(w: Tables, line: int, event: int) -> bool:
    """Something happens to a reservation; False where it cannot happen to one in its state, and nothing changes.

    Every reservation ends once: no event leads out of an end (policies.reservation.life).
    """
    book = book_of(w)
    record = record_of(w)
    before = np.int64(book.lines[line].state)
    return before != UNROUTED and step_from(book, record, line, before, event)


@inlined()
def step_from(book: Book, record: Record, line: int, before: int, event: int) -> bool:
    """As ``step``, for a caller that knows the state."""
    row = book.lines[line]
    after = follow(before, event)
    if after == REFUSED:
        return False
    row.state = after
    row.stamp += 1
    _change(book, record, row.cell, before, after, row.units)
    if event == ALLOCATE or before == BACKORDERED:
        _leave_queue(book, line)
    _decided(book, line)
    return True


@inlined()
def _decided(book: Book, line: int) -> None:
    row = book.lines[line]
    decided(book, (book.orders[row.order].number << 8) ^ row.cell, (np.int64(row.state) << 32) | row.units)


@inlined()
def _change(book: Book, record: Record, cell: int, before: int, after: int, units: int) -> None:
    """Move a cell's counters by the difference of two states."""
    soft = soft_change(before, after, units)
    if soft != 0:
        record.cells[cell].soft += soft
    reserved, owed = reserved_change(before, after, units), backordered_change(before, after, units)
    if reserved != 0 or owed != 0:
        row = record.cells[np.uintp(cell)]
        if crosses(free_of(row), -reserved):
            free_changes(record, place_of(book, cell), free_of(row), -reserved, book.control[_NOW])
        row.reserved += reserved
        row.backordered += owed
        row.position -= reserved + owed
        if reserved + owed > 0:
            check_point(record, cell)


@inlined()
def wait_in_queue(book: Book, line: int) -> None:
    """A backordered line queues for its cell, behind all others."""
    row = book.lines[line]
    last = np.int64(book.last_waiting[row.cell])
    row.before, row.after = last, NONE
    if last == NONE:
        book.waiting[row.cell] = line
    else:
        book.lines[last].after = line
    book.last_waiting[row.cell] = line
    book.control[_WAITING] += 1
    keep_level(book, _OWED_US, book.owed_net, row.units)


@inlined()
def _leave_queue(book: Book, line: int) -> None:
    row = book.lines[line]
    if row.before == NONE:
        book.waiting[row.cell] = row.after
    else:
        book.lines[row.before].after = row.after
    if row.after == NONE:
        book.last_waiting[row.cell] = row.before
    else:
        book.lines[row.after].before = row.before
    row.before, row.after = NONE, NONE
    book.control[_WAITING] -= 1
    keep_level(book, _OWED_US, book.owed_net, -row.units)
