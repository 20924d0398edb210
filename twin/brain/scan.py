"""Looking over the record for cells that may need an order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled
from twin.record.state import open_record


@compiled()
def _due(
    table: NDArray[np.int64],
    points: NDArray[np.int32],
    first: NDArray[np.int64],
    end: NDArray[np.int64],
    cells: NDArray[np.int32],
    place: NDArray[np.int32],
) -> int:
    """Write what is due into ``cells`` and ``place`` as far as there is room; returns how many are due in all."""
    record = open_record(table)
    n = 0
    for i in range(first.size):
        for cell in range(first[i], end[i]):
            if record.cells[np.uintp(cell)].position <= points[np.uintp(cell - first[i])]:
                if n < cells.size:
                    cells[n], place[n] = cell, i
                n += 1
    return n


def due(
    table: NDArray[np.int64], points: NDArray[np.int32], first: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cells of the ranges [first[i], end[i]) whose position is at or below their order point, and the i of each.

    ``table`` is that of the record. The ranges are equally long, and ``points`` are the order points of each of them: locations
    alike share one array, which then stays in the processor's cache.
    """
    room = int(min(1 << 16, (end - first).sum()))
    while True:
        cells, place = np.empty(room, np.int32), np.empty(room, np.int32)
        found = int(_due(table, points, first, end, cells, place))
        if found <= room:
            return cells[:found], place[:found]
        room = found


@compiled()
def look_up(
    table: NDArray[np.int64],
    cells: NDArray[np.int32],
    position: NDArray[np.int32],
    on_hand: NDArray[np.int32],
    inbound: NDArray[np.int32],
    backordered: NDArray[np.int32],
) -> None:
    """What the record says of ``cells``; arrays of one length."""
    record = open_record(table)
    for i in range(cells.size):
        row = record.cells[cells[i]]
        position[i], on_hand[i] = row.position, row.on_hand
        inbound[i], backordered[i] = record.inbound[cells[i]], record.backordered[cells[i]]
