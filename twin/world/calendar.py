"""The lane's own calendar: a binary heap of what it has pending, ordered by key, then sequence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled, inlined
from twin.world.state import Control, Shelves

_PENDING = int(Control.PENDING)


@inlined()
def _before(heap: NDArray[np.void], i: int, j: int) -> bool:
    if heap[i].key != heap[j].key:
        return heap[i].key < heap[j].key
    return heap[i].sequence < heap[j].sequence


@inlined()
def _swap(heap: NDArray[np.void], i: int, j: int) -> None:
    a, b = heap[i], heap[j]
    a.key, b.key = b.key, a.key
    a.event_time, b.event_time = b.event_time, a.event_time
    a.sequence, b.sequence = b.sequence, a.sequence
    a.cell, b.cell = b.cell, a.cell
    a.units, b.units = b.units, a.units


@compiled()
def push(shelves: Shelves, key: int, event_time: int, sequence: int, cell: int, units: int) -> None:
    """Add an entry. The caller keeps room: see ``with_room``."""
    heap = shelves.pending
    i = shelves.control[_PENDING]
    row = heap[i]
    row.key, row.event_time, row.sequence, row.cell, row.units = key, event_time, sequence, cell, units
    shelves.control[_PENDING] += 1
    while i > 0 and _before(heap, i, (i - 1) >> 1):
        _swap(heap, i, (i - 1) >> 1)
        i = (i - 1) >> 1


@compiled()
def drop_first(shelves: Shelves) -> None:
    """Remove the entry that is due first."""
    heap = shelves.pending
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
    """The same shelves with room for ``more`` entries in the calendar."""
    needed = int(shelves.control[_PENDING]) + more
    if needed <= shelves.pending.size:
        return shelves
    pending = np.zeros(max(needed, 2 * shelves.pending.size), shelves.pending.dtype)
    pending[: shelves.pending.size] = shelves.pending
    return shelves._replace(pending=pending)
