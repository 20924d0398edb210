"""Reorder rules of somebody's own, named in scenarios by their import path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.reorder import CellFacts, ReorderPolicy, ReorderState


class KeepTen(ReorderPolicy):
    """Fills up to a level, one cell at a time; it does not say when it wants to be asked."""

    def __init__(self, cells: CellFacts, level: int = 10) -> None:
        super().__init__(cells)
        self.level = level

    def quantity(self, state: ReorderState) -> int:
        return max(0, self.level - int(state.position))


class Stubborn(ReorderPolicy):
    """Wants nothing, whatever it is asked."""

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        return np.zeros(np.size(state.index), np.int64)


class Timid(ReorderPolicy):
    """Orders one unit whenever it is at or below five, which may leave it there."""

    def order_points(self) -> NDArray[np.int32]:
        return np.full(self.cells, 5, np.int32)

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        return (np.asarray(state.position) <= 5).astype(np.int64)


class Duck:
    """Not a ReorderPolicy, but it can decide."""

    def __init__(self, cells: CellFacts) -> None:
        self.mean = np.asarray(cells.demand_mean)

    def quantity(self, state: ReorderState) -> int:
        return 3 if int(state.position) < self.mean[int(state.index)] else 0
