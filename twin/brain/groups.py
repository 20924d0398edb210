"""What the brain governs: cells under one rule at one location, and the lanes that supply them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import ReorderPolicy

CONTINUOUS = 0  # review period, µs, of a rule that looks at every change


@dataclass(frozen=True)
class Group:
    """The cells of one location under one rule.

    ``local`` are their places among the location's cells, ascending; ``lane`` says for each by which of the network's lanes it
    is supplied. Groups whose facts are alike share one ``policy``.
    """

    location: int
    rule: int
    review_us: int  # CONTINUOUS, or the period
    policy: ReorderPolicy
    local: NDArray[np.int32]
    lane: NDArray[np.int32]
    whole: bool  # all cells of the location


@dataclass(frozen=True)
class Supply:
    """What a brain must know of a lane: its ends and its order terms."""

    origin: int
    destination: int
    pack: int
    moq: int
    from_supplier: bool


class CellMap(Protocol):
    """How the brain finds its way among cells.

    ``first`` (locations + 1,) numbers the first cell of each location, ``skus`` holds the SKUs of its cells in order.
    """

    first: NDArray[np.int64]
    skus: list[NDArray[np.int32]]

    def find(self, location: int, skus: NDArray[np.int32]) -> NDArray[np.int32]:
        """Cells of SKUs at a location."""

    def location_of(self, cells: NDArray[np.int32]) -> NDArray[np.int32]:
        """Locations of cells."""
