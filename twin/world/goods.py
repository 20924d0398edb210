"""Goods that wait or are on the move: lines with one way, and deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.compiled import compiled
from twin.kpis.ledger import PurchaseOrder, Trip

Units = NDArray[np.int32]


def total_of(units: Units) -> int:
    """Units of all lines. (Most orders of a small model have one.)"""
    return int(units[0]) if units.size == 1 else int(units.sum())


@dataclass(slots=True)
class Load:
    """Lines for one lane: what waits for a trip, or what is on it. Arrays of one length, ``total`` units in all."""

    lane: int
    cells: Units
    sources: Units
    skus: Units
    units: Units
    total: int

    def part(self, units: Units) -> Load:
        """So many ``units`` of the lines; those of none are left out."""
        total = total_of(units)
        if total == self.total:
            return self
        some = units.nonzero()[0]
        return Load(self.lane, self.cells.take(some), self.sources.take(some), self.skus.take(some), units.take(some), total)

    def trips(self, capacity: int | None) -> Iterator[Load]:
        """The load in parts of ``capacity`` units and a last one, first line first."""
        if not self.total:
            return
        if capacity is None or self.total <= capacity:
            yield self
            return
        end = np.cumsum(self.units, dtype=np.int64)
        begin = end - self.units
        for first in range(0, self.total, capacity):
            within = np.clip(end, first, first + capacity) - np.clip(begin, first, first + capacity)
            yield self.part(within.astype(np.int32))


def joined(loads: Sequence[Load]) -> Load:
    """Loads as one, in their order; its lane is that of the first."""
    if len(loads) == 1:
        return loads[0]
    return Load(
        loads[0].lane,
        np.concatenate([load.cells for load in loads]),
        np.concatenate([load.sources for load in loads]),
        np.concatenate([load.skus for load in loads]),
        np.concatenate([load.units for load in loads]),
        sum(load.total for load in loads),
    )


def divided(loads: Sequence[Load], taken: Units) -> tuple[list[Load], list[Load]]:
    """What goes of each load, which may be nothing, and what stays, where the lines one after the other got ``taken`` units."""
    gone, left, first = [], [], 0
    for load in loads:
        end = first + load.units.size
        out = np.empty((2, 4, load.units.size), np.int32)
        goes, stays, total = _split(load.cells, load.sources, load.skus, load.units, taken[first:end], out)
        cells, sources, skus, units = out[0, :, :goes]
        gone.append(Load(load.lane, cells, sources, skus, units, total))
        if stays:
            cells, sources, skus, units = out[1, :, :stays]
            left.append(Load(load.lane, cells, sources, skus, units, load.total - total))
        first = end
    return gone, left


@compiled()
def _split(cells: Units, sources: Units, skus: Units, units: Units, taken: Units, out: Units) -> tuple[int, int, int]:
    """Lines of which something was taken, into ``out[0]``, and of which something is left, into ``out[1]``; how many they are, and
    the units taken."""
    goes = stays = total = 0
    for i in range(units.size):
        if taken[i]:
            out[0, 0, goes], out[0, 1, goes], out[0, 2, goes], out[0, 3, goes] = cells[i], sources[i], skus[i], taken[i]
            goes, total = goes + 1, total + taken[i]
        if taken[i] != units[i]:
            out[1, 0, stays], out[1, 1, stays], out[1, 2, stays] = cells[i], sources[i], skus[i]
            out[1, 3, stays] = units[i] - taken[i]
            stays += 1
    return goes, stays, total


@dataclass(slots=True)
class Delivery:
    """Lines on their way to a location: of a supplier's, or on a trip between our own locations (``inside``)."""

    destination: int
    cells: Units
    skus: Units
    units: Units
    total: int
    inside: bool
    purchase: PurchaseOrder | None = None
    trip: Trip | None = None
