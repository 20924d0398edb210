"""Who waits for stock gets what comes, first come, first served."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.reservation.life import ALLOCATE
from twin.clock import KEY_SHIFT
from twin.compiled import compiled
from twin.memory import Row
from twin.orders.rows import note
from twin.orders.sending import send_if_ready
from twin.orders.state import (
    NONE,
    Book,
    Control,
    Life,
)
from twin.orders.stock import free_units, safety_of, step
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW, _HEARD, _WAITING = (int(c) for c in (Control.NOW, Control.HEARD, Control.WAITING))
_SAID_ALLOCATED = int(Life.ALLOCATED)


@inlined()
def location_of(book: Book, row: Row) -> int:
    location: int = NONE
    if row.shipment != NONE:
        location = book.shipments[row.shipment].location
    return location


@inlined()
def _owed_at_tills(book: Book, record: Record, cell: int) -> np.int64:
    """Units of a cell that customers of the tills wait for, as the record has them: a delivery is theirs as well."""
    owed, line = np.int64(record.cells[np.uintp(cell)].backordered), np.int64(book.waiting[cell])
    while line != NONE and owed > 0:
        owed -= book.lines[line].units
        line = np.int64(book.lines[line].after)
    return max(np.int64(0), owed)


@part()
def allocate(w: Tables, cell: int) -> None:
    """Stock of a cell may have come: those who wait for it get theirs, first come, first served."""
    book = book_of(w)
    record = record_of(w)
    if not book.control[_WAITING]:
        return
    line, of_others = np.int64(book.waiting[cell]), safety_of(book, cell)
    if line == NONE or free_units(record, cell) - of_others < book.lines[line].units:
        return
    of_others += _owed_at_tills(book, record, cell)
    while line != NONE and free_units(record, cell) - of_others >= book.lines[line].units:
        step(w, line, ALLOCATE)
        row = book.lines[line]
        note(book, _SAID_ALLOCATED, book.orders[row.order].number, location_of(book, row), row.sku, row.units, 0)
        book.shipments[row.shipment].missing -= 1
        send_if_ready(book, row.shipment)
        line = np.int64(book.waiting[cell])


@compiled()
def allocate_cells(w: Tables, cells: NDArray[np.int32], heard_key: int) -> None:
    """The record's levels of ``cells`` have changed: see to those who wait for them."""
    book = book_of(w)
    book.control[_NOW], book.control[_HEARD] = heard_key >> KEY_SHIFT, heard_key
    for i in range(cells.size):
        allocate(w, np.int64(cells[i]))
