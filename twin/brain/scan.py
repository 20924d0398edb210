"""Looking for the cells of the record that may need an order, and turning what their rules want into lines.

The record marks a cell the moment its position is at or below its order point, so that a review reads the marks, one byte a cell,
and then only the cells that are marked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import carray
from numpy.typing import NDArray

from policies.reorder.terms import fit
from twin.compiled import compiled, inlined
from twin.intrinsics import prefetch
from twin.memory import pointer
from twin.record.state import AT_ONCE, DUE, Record, open_record

_MARKS = 0x0101010101010101 * DUE  # of eight cells
_AHEAD = 16
_U8 = np.int64
_fit = fit.compiled


class Asked(NamedTuple):
    """Cells whose rules are to be asked, and what the record says of each; arrays of one length.

    ``place`` is which of a batch's locations a cell is at, ``local`` its place among the location's cells.
    """

    cells: NDArray[np.int32]
    place: NDArray[np.int32]
    local: NDArray[np.int32]
    position: NDArray[np.int32]
    on_hand: NDArray[np.int32]
    inbound: NDArray[np.int32]
    backordered: NDArray[np.int32]


@inlined()
def _marked(record: Record, address: int, first: int, end: int, cells: NDArray[np.int32], n: int) -> int:
    """Write the marked cells of [first, end) into ``cells`` from ``n`` on, as far as there is room; returns n + their number."""
    words = (end - first) >> 3
    marks = carray(pointer(address + first), (words,), _U8)
    for w in range(words + 1):
        begin = first + (w << 3)
        if w < words and not marks[np.uintp(w)] & _MARKS:
            continue
        for cell in range(begin, min(begin + 8, end)):
            if record.asks[np.uintp(cell)] & DUE:
                if n < cells.size:
                    cells[np.uintp(n)] = cell
                n += 1
    return n


@compiled()
def count_marked(table: NDArray[np.int64], first: NDArray[np.int64], end: NDArray[np.int64]) -> int:
    """How many cells of the ranges [first[i], end[i]) are marked; ``table`` is that of the record."""
    record, nowhere, n = open_record(table), np.empty(0, np.int32), 0
    for i in range(first.size):
        n = _marked(record, table[4, 0], first[i], end[i], nowhere, n)
    return n


@compiled()
def _collect(
    table: NDArray[np.int64], first: NDArray[np.int64], end: NDArray[np.int64], cells: NDArray[np.int32],
    columns: NDArray[np.int32],
) -> int:  # fmt: skip
    record = open_record(table)
    n = kept = 0
    for i in range(first.size):
        begin = n
        n = _marked(record, table[4, 0], first[i], end[i], cells, n)
        columns[1, begin:n] = i
    for k in range(n):
        ahead = cells[np.uintp(min(k + _AHEAD, n - 1))]
        prefetch(record.cells, ahead)
        prefetch(record.inbound, ahead)
        prefetch(record.backordered, ahead)
        cell, i = np.uintp(cells[np.uintp(k)]), columns[1, k]
        row = record.cells[cell]
        if row.position > row.point:  # goods have come since
            record.asks[cell] &= ~DUE
            continue
        columns[0, kept], columns[1, kept], columns[2, kept] = cells[np.uintp(k)], i, cells[np.uintp(k)] - first[i]
        columns[3, kept], columns[4, kept] = row.position, row.on_hand
        columns[5, kept], columns[6, kept] = record.inbound[cell], record.backordered[cell]
        kept += 1
    return kept


def collect(table: NDArray[np.int64], first: NDArray[np.int64], end: NDArray[np.int64]) -> Asked:
    """The cells of the ranges [first[i], end[i]) whose position is at or below their order point, in order."""
    marked = int(count_marked(table, first, end))
    columns = np.empty((len(Asked._fields), marked), np.int32)
    kept = int(_collect(table, first, end, np.empty(marked, np.int32), columns)) if marked else 0
    return Asked(*(column[:kept] for column in columns))


@compiled()
def settle(table: NDArray[np.int64], cells: NDArray[np.int32]) -> None:
    """Take the marks off ``cells`` that were asked about, but for those that are still at or below their points at a review."""
    record = open_record(table)
    for i in range(cells.size):
        cell = np.uintp(cells[np.uintp(i)])
        row = record.cells[cell]
        if row.position > row.point or record.asks[cell] & AT_ONCE:
            record.asks[cell] &= ~DUE


@compiled()
def order_lines(
    wanted: NDArray[np.int64], place: NDArray[np.int32], pack: NDArray[np.int64], moq: NDArray[np.int64],
    chosen: NDArray[np.int32], units: NDArray[np.int32],
) -> int:  # fmt: skip
    """Lines for which ``wanted`` is positive into ``chosen``, and into ``units`` how many, by the terms of their places.

    Returns their number, or -1 - i where ``wanted[i]`` is negative.
    """
    n = 0
    for i in range(wanted.size):
        if wanted[i] < 0:
            return -1 - i
        if wanted[i]:
            chosen[n], units[n] = i, _fit(wanted[i], pack[place[i]], moq[place[i]])
            n += 1
    return n


@compiled()
def look_up(table: NDArray[np.int64], cells: NDArray[np.int32], columns: NDArray[np.int32]) -> None:
    """What the record says of ``cells`` into ``columns`` (4, cells): position, on hand, inbound, backordered."""
    record = open_record(table)
    for i in range(cells.size):
        row = record.cells[cells[i]]
        columns[0, i], columns[1, i] = row.position, row.on_hand
        columns[2, i], columns[3, i] = record.inbound[cells[i]], record.backordered[cells[i]]
