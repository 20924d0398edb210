"""The lane's own calendar: a binary heap of what it has pending, ordered by key, then sequence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.world.state import Control, Shelves

_PENDING, _DONE = int(Control.PENDING), int(Control.DONE)


@inlined()
def _before(heap: NDArray[np.void], i: int, j: int) -> bool:
    if heap[i].key != heap[j].key:
        return bool(heap[i].key < heap[j].key)
    return bool(heap[i].sequence < heap[j].sequence)


@inlined()
def _swap(heap: NDArray[np.void], i: int, j: int) -> None:
    a, b = heap[i], heap[j]
    a.key, b.key = b.key, a.key
    a.event_time, b.event_time = b.event_time, a.event_time
    a.sequence, b.sequence = b.sequence, a.sequence
    a.cell, b.cell = b.cell, a.cell
    a.units, b.units = b.units, a.units
    a.location, b.location = b.location, a.location
    a.later_round, b.later_round = b.later_round, a.later_round


@inlined()
def push(
    shelves: Shelves, key: int, event_time: int, later_round: int, sequence: int, location: int, cell: int, units: int
) -> None:
    """Add an entry. The caller keeps room: see ``with_room``."""
    heap = shelves.pending
    i = shelves.control[_PENDING]
    row = heap[i]
    row.key, row.event_time, row.later_round, row.sequence = key, event_time, later_round, sequence
    row.location, row.cell, row.units = location, cell, units
    shelves.control[_PENDING] += 1
    while i > 0 and _before(heap, i, (i - 1) >> 1):
        _swap(heap, i, (i - 1) >> 1)
        i = (i - 1) >> 1


@inlined()
def drop_first(shelves: Shelves) -> None:
    """Remove the entry that is due first, and keep it among those done."""
    heap = shelves.pending
    shelves.done[shelves.control[_DONE]] = heap[0]
    shelves.control[_DONE] += 1
    shelves.control[_PENDING] -= 1
    size = shelves.control[_PENDING]
    _swap(heap, 0, size)
    i = 0
    while True:
        least = i
        for child in (2 * i + 1, 2 * i + 2):
            if child < size and _before(heap, child, least):
                least = child
        if least == i:
            return
        _swap(heap, i, least)
        i = least


def with_room(shelves: Shelves, more: int) -> Shelves:
    """The same shelves with room for ``more`` entries in the calendar, and for all of its entries once they are done."""
    needed = int(shelves.control[_PENDING]) + more
    pending = _longer(shelves.pending, needed)
    done = _longer(shelves.done, int(shelves.control[_DONE]) + needed)
    if pending is shelves.pending and done is shelves.done:
        return shelves
    return shelves._replace(pending=pending, done=done)


def _longer(rows: NDArray[np.void], needed: int) -> NDArray[np.void]:
    if needed <= rows.size:
        return rows
    longer = np.zeros(max(needed, 2 * rows.size), rows.dtype)
    longer[: rows.size] = rows
    return longer


def take_done(shelves: Shelves) -> NDArray[np.void]:
    """The entries that the record has heard of since this was last asked."""
    done = shelves.done[: shelves.control[_DONE]].copy()
    shelves.control[_DONE] = 0
    return done
