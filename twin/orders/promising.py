"""What may be promised: a plan from stock, all of it or nothing, and where a line may wait for what stock lacks."""

from __future__ import annotations

import numpy as np

from policies.reservation.deciding import BACKORDERED as OWED
from policies.reservation.deciding import GRANTED, promise_standard
from policies.routing.columns import FROM, LINE, SHIPPED, UNITS_LEFT
from twin.orders.asking import candidate_at, has_failed, look_at_node
from twin.orders.state import (
    NONE,
    Book,
    Control,
)
from twin.orders.stock import cell_of, safety_of, spare_units
from twin.parts import inlined
from twin.record.state import Record

_ASK, _ASKED, _WANTED, _MANY, _STRICT = (
    int(c) for c in (Control.ASK, Control.ASKED_LINES, Control.WANTED_LINES, Control.CANDIDATES, Control.STRICT)
)


@inlined()
def _column_of_promise(book: Book, record: Record, i: int, cell: int, units: int) -> None:
    promised = book.promised
    promised[0, i], promised[1, i] = cell, units
    promised[2, i], promised[3, i] = spare_units(record, cell), safety_of(book, cell)
    promised[4, i], promised[5, i] = np.int64(record.cells[cell].soft), record.cells[cell].backordered


@inlined()
def _ask_promise(book: Book, n: int) -> int:
    p = book.promised
    outcome: int = promise_standard(n, p[0], p[1], p[2], p[3], p[4], p[5], book.reservation, p[6])
    return outcome


@inlined()
def is_granted(book: Book, record: Record, rows: int) -> bool:
    """Whether the reservation rule promises from stock what the plan says, all of it."""
    for i in range(rows):
        line = book.lines[book.question_rows[book.plan[i, LINE]]]
        cell = cell_of(book, candidate_at(book, book.plan[i, FROM]), line.sku)
        _column_of_promise(book, record, i, cell, book.plan[i, SHIPPED])
    return _ask_promise(book, rows) == GRANTED


@inlined()
def add_backorders(book: Book, record: Record, rows: int) -> int:
    """Add rows to the plan for the lines that it leaves out and that may wait for stock; returns how many it has then."""
    book.control[_STRICT] = 0  # what waits goes by no calendar
    end = rows
    for i in range(book.control[_ASKED], book.control[_WANTED]):
        c = _home_of(book, record, i, rows, end, False)
        if c == NONE:
            c = _home_of(book, record, i, rows, end, True)
        if c != NONE:
            book.plan[end, FROM], book.plan[end, LINE] = c, i
            book.plan[end, SHIPPED] = book.lines[book.question_rows[i]].units
            end += 1
    return end


@inlined()
def _home_of(book: Book, record: Record, i: int, rows: int, end: int, failed: bool) -> int:
    """The first candidate where a line may wait, of those that failed it before or of the others; NONE where there is none."""
    line = book.lines[book.question_rows[i]]
    collected = book.orders[book.control[_ASK]].pickup != NONE
    for c in range(book.control[_MANY]):
        location = candidate_at(book, c)
        cell = cell_of(book, location, line.sku)
        if (
            cell != NONE
            and has_failed(line, location) == failed
            and look_at_node(book, c, collected)
            and _may_wait(book, record, c, cell, i, rows, end)
        ):
            return c
    return NONE


@inlined()
def _may_wait(book: Book, record: Record, c: int, cell: int, i: int, rows: int, end: int) -> bool:
    """Whether a candidate takes on the units of a line besides its rows of the plan, and the reservation rule backorders them."""
    line, plan = book.lines[book.question_rows[i]], book.plan
    units, from_cell, owed = np.int64(line.units), np.int64(0), np.int64(0)
    for row in range(end):
        if plan[row, FROM] == c:
            units += plan[row, SHIPPED]
            if book.lines[book.question_rows[plan[row, LINE]]].sku == line.sku:
                from_cell += plan[row, SHIPPED]
                owed += plan[row, SHIPPED] if row >= rows else 0
    if units > book.left[c, UNITS_LEFT]:
        return False
    _column_of_promise(book, record, 0, cell, line.units)
    book.promised[2, 0] -= from_cell
    book.promised[5, 0] += owed
    return _ask_promise(book, 1) == OWED
