"""What the brain decides: the versioned catalogue of decisions. Nothing here depends on who acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

VERSION = 1


@dataclass(frozen=True)
class Order:
    """Stock ordered for one location over one lane: a purchase order where the lane comes from a supplier, else a transfer.

    Arrays have one entry a line. ``sources`` are the cells at the origin, -1 where that is a supplier. ``position`` is the
    inventory position each line was decided on, ``complete_to`` the instant up to which the record was held to be complete.
    """

    number: int
    time: int
    lane: int
    origin: int
    destination: int
    rule: int
    cells: NDArray[np.int32]
    sources: NDArray[np.int32]
    skus: NDArray[np.int32]
    units: NDArray[np.int32]
    position: NDArray[np.int32]
    complete_to: int
    total: int  # units of all lines

    @property
    def is_purchase(self) -> bool:
        """Whether it goes to a supplier."""
        return bool(self.sources[0] < 0)


@dataclass(frozen=True)
class CountRequest:
    """Cells of one location that somebody is asked to count at ``due``.

    Arrays have one entry a cell. ``rule`` is the index of ``inventory.count``; ``position`` and ``complete_to`` are as in an order,
    with which requests share their numbers.
    """

    number: int
    time: int
    due: int
    location: int
    rule: int
    cells: NDArray[np.int32]  # ascending
    skus: NDArray[np.int32]
    position: NDArray[np.int32]
    complete_to: int


class Sink(Protocol):
    """Where decisions go: the world, a comparator, or nowhere."""

    def place(self, order: Order) -> None:
        """Act on an order."""

    def count(self, request: CountRequest) -> None:
        """See to it that cells are counted."""


class NoSink:
    """Decides and does nothing: the open loop."""

    def place(self, order: Order) -> None:
        """See ``Sink.place``."""

    def count(self, request: CountRequest) -> None:
        """See ``Sink.count``."""
