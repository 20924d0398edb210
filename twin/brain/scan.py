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
from twin.intrinsics import lowest_bit, prefetch
from twin.memory import pointer
from twin.record.apply import clear
from twin.record.state import AT_ONCE, DUE, Meter, Record, address_of_asks, inbound_of, open_record

_MARKS = 0x0101010101010101 * DUE  # of eight cells
_MARKED = int(Meter.MARKED)
_AHEAD = 16
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
    """Write the marked cells of [first, end) into ``cells`` from ``n`` on; returns n + their number."""
    words = (end - first) >> 3
    marks = carray(pointer(address + first), (words,), np.int64)
    for w in range(words):
        found = marks[np.uintp(w)] & _MARKS
        while found:
            cells[np.uintp(n)] = first + (w << 3) + (lowest_bit(found) >> 3)
            found &= found - 1
            n += 1
    for cell in range(first + (words << 3), end):
        if record.asks[np.uintp(cell)] & DUE:
            cells[np.uintp(n)] = cell
            n += 1
    return n


@compiled()
def _collect(
    table: NDArray[np.int64], first: NDArray[np.int64], end: NDArray[np.int64], at_once: bool, cells: NDArray[np.int32],
    columns: NDArray[np.int32],
) -> int:  # fmt: skip
    record = open_record(table)
    n = kept = 0
    for i in range(first.size):
        begin = n
        n = _marked(record, address_of_asks(table), first[i], end[i], cells, n)
        columns[1, begin:n] = i
    for k in range(n):
        ahead = cells[np.uintp(min(k + _AHEAD, n - 1))]
        prefetch(record.cells, ahead)
        cell, i = np.uintp(cells[np.uintp(k)]), columns[1, k]
        row = record.cells[cell]
        if record.asks[cell] & AT_ONCE and not at_once:
            continue  # its signal is answered by itself
        if row.position > row.point:  # goods have come since
            clear(record, cell)
            continue
        columns[0, kept], columns[1, kept], columns[2, kept] = cells[np.uintp(k)], i, cells[np.uintp(k)] - first[i]
        columns[3, kept], columns[4, kept] = row.position, row.on_hand
        columns[5, kept], columns[6, kept] = inbound_of(row), row.backordered
        kept += 1
    return kept


def collect(
    record: Record, table: NDArray[np.int64], first: NDArray[np.int64], end: NDArray[np.int64], at_once: bool = True,
    room: NDArray[np.int32] | None = None,
) -> Asked:  # fmt: skip
    """The cells of the ranges [first[i], end[i]) whose position is at or below their order point, in order.

    ``at_once``: those whose rule is asked at once too, as at the first look. They are written into ``room`` (see ``with_room``),
    which the next review overwrites.
    """
    room = with_room(record, room)
    kept = int(_collect(table, first, end, at_once, room[-1], room)) if record.meters[_MARKED] else 0
    return Asked(*(column[:kept] for column in room[:-1]))


def with_room(record: Record, room: NDArray[np.int32] | None) -> NDArray[np.int32]:
    """Room for all cells that are marked, made anew only where ``room`` is too small."""
    marked = int(record.meters[_MARKED])
    if room is None or room.shape[1] < marked:
        return np.empty((len(Asked._fields) + 1, marked + marked // 4), np.int32)
    return room


@compiled()
def settle(table: NDArray[np.int64], cells: NDArray[np.int32]) -> None:
    """Take the marks off ``cells`` that were asked about, but for those that are still at or below their points at a review.

    (Most lost theirs when they were ordered; this is for the first look at those that are asked at once from then on.)
    """
    record, last = open_record(table), cells.size - 1
    for i in range(cells.size):
        prefetch(record.cells, cells[np.uintp(min(i + _AHEAD, last))])
        cell = np.uintp(cells[np.uintp(i)])
        row = record.cells[cell]
        if row.position > row.point or record.asks[cell] & AT_ONCE:
            clear(record, cell)


@compiled()
def _order_lines(
    wanted: NDArray[np.int64], cells: NDArray[np.int32], local: NDArray[np.int32], position: NDArray[np.int32],
    place: NDArray[np.int32], pack: NDArray[np.int64], moq: NDArray[np.int64], lines: NDArray[np.int32],
) -> int:  # fmt: skip
    n = 0
    for i in range(wanted.size):
        if wanted[i] < 0:
            return -1 - i
        if wanted[i]:
            lines[0, n], lines[1, n], lines[2, n], lines[3, n] = cells[i], local[i], position[i], place[i]
            lines[4, n] = _fit(wanted[i], pack[place[i]], moq[place[i]])
            n += 1
    return n


class Ordered(NamedTuple):
    """Lines to be ordered; arrays of one length. ``place`` is what their terms hang on, such as the lane."""

    cells: NDArray[np.int32]
    local: NDArray[np.int32]
    position: NDArray[np.int32]
    place: NDArray[np.int32]
    units: NDArray[np.int32]


def order_lines(
    wanted: NDArray[np.int64], cells: NDArray[np.int32], local: NDArray[np.int32], position: NDArray[np.int32],
    place: NDArray[np.int32], pack: NDArray[np.int64], moq: NDArray[np.int64],
) -> tuple[Ordered, int]:  # fmt: skip
    """The lines for which ``wanted`` is positive, by the terms of their places; and the first that is negative, or -1."""
    lines = np.empty((len(Ordered._fields), wanted.size), np.int32)
    count = int(_order_lines(wanted, cells, local, position, place, pack, moq, lines))
    return Ordered(*(column[:count] for column in lines)), -1 - count if count < 0 else -1


@compiled()
def look_up(table: NDArray[np.int64], cells: NDArray[np.int32], columns: NDArray[np.int32]) -> None:
    """What the record says of ``cells`` into ``columns`` (4, cells): position, on hand, inbound, backordered."""
    record = open_record(table)
    for i in range(cells.size):
        row = record.cells[cells[i]]
        columns[0, i], columns[1, i] = row.position, row.on_hand
        columns[2, i], columns[3, i] = inbound_of(row), row.backordered
