"""Kernels that the tests call: the small functions of the core that only other kernels call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled
from twin.random.tables import discrete_draw, quantile_draw
from twin.record.apply import hear_backfill, hear_sale
from twin.record.state import open_record
from twin.world.calendar import drop_first, push
from twin.world.state import open_shelves


@compiled()
def draws(table: NDArray[np.int64], uniforms: NDArray[np.int64]) -> NDArray[np.int64]:
    """A quantile table at many uniform numbers."""
    out = np.empty(uniforms.size, np.int64)
    for i in range(uniforms.size):
        out[i] = quantile_draw(table, uniforms[i])
    return out


@compiled()
def choices(thresholds: NDArray[np.int64], uniforms: NDArray[np.int64]) -> NDArray[np.int64]:
    """A discrete law at many uniform numbers."""
    out = np.empty(uniforms.size, np.int64)
    for i in range(uniforms.size):
        out[i] = discrete_draw(thresholds, 0, thresholds.size, uniforms[i])
    return out


@compiled()
def sale_heard(table: NDArray[np.int64], key: int, event_time: int, sequence: int, cell: int, sold: int, owed: int) -> None:
    """The record hears of a POS line."""
    hear_sale(open_record(table), key, event_time, sequence, cell, sold, owed)


@compiled()
def backfill_heard(table: NDArray[np.int64], key: int, event_time: int, sequence: int, cell: int, units: int) -> None:
    """The record hears of a backorder that was met."""
    hear_backfill(open_record(table), key, event_time, sequence, cell, units)


@compiled()
def push_pending(table: NDArray[np.int64], key: int, event_time: int, sequence: int, cell: int, units: int) -> None:
    """Enter something into the lane's calendar."""
    push(open_shelves(table), key, event_time, sequence, cell, units)


@compiled()
def drop_pending(table: NDArray[np.int64]) -> None:
    """Remove what is due first from the lane's calendar."""
    drop_first(open_shelves(table))
