"""Looking over the record for cells that may need an order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled
from twin.record.state import open_record


@compiled()
def due_cells(
    table: NDArray[np.int64], points: NDArray[np.int32], first: int, end: int, out: NDArray[np.int32]
) -> int:
    """Cells of [first, end) whose position is at or below their order point, into ``out``; returns how many.

    ``table`` is that of the record; it stops when ``out`` is full, and the caller goes on behind the last cell found.
    """
    record = open_record(table)
    n = 0
    for cell in range(first, end):
        if record.cells[np.uintp(cell)].position <= points[np.uintp(cell)]:
            if n == out.size:
                return n
            out[n] = cell
            n += 1
    return n


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
