"""What each location must expect: its own demand, and what the locations it supplies will order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from network import Network
from twin.plan.cells import Cells
from twin.plan.expected import DemandPlan, Moments
from twin.plan.sourcing import Part


class Downstream:
    """Expected demand on each cell, its own and what is ordered from it down the chosen lanes, once these were followed."""

    def __init__(self, network: Network, cells: Cells, demand: DemandPlan) -> None:
        self.network, self.cells, self._demand = network, cells, demand
        self._ordered: dict[int, Moments] = {}
        self._depth: dict[int, int] = {}

    def at(self, location: int) -> Moments:
        """Mean and variance of units a day, per cell of a location; not to be written to."""
        mean, variance = self._demand.moments(location, self.cells.skus[location].size)
        if location in self._ordered:
            return mean + self._ordered[location][0], variance + self._ordered[location][1]
        return mean, variance

    def alike(self, location: int) -> object:
        """A key that is the same for locations that expect the same."""
        return location if location in self._ordered else self._demand.alike(location, self.cells.skus[location].size)

    def follow(self, supplied: list[list[Part]]) -> None:
        """Pass demand upstream, the customers' end first."""
        for location in self._customers_first(supplied):
            mean, variance = self.at(location)
            for part in supplied[location]:
                for lane, local in part.by_lane():
                    origin = self.network.index[self.network.lanes[lane].origin]
                    if self.network.locations[origin].is_internal:
                        self._order(origin, location, local, mean, variance)

    def _order(
        self, origin: int, location: int, local: NDArray[np.int32], mean: NDArray[np.float64], variance: NDArray[np.float64]
    ) -> None:
        """Add the demand on ``local`` cells of a location to what is ordered from ``origin``."""
        skus, size = self.cells.skus[location], self.cells.skus[origin].size
        if origin not in self._ordered:
            self._ordered[origin] = (np.zeros(size), np.zeros(size))
        above: slice | NDArray[np.int64] = slice(None)
        if local.size < skus.size:
            skus, mean, variance = skus[local], mean[local], variance[local]
        if skus is not self.cells.skus[origin]:
            above = self.cells.find(origin, skus) - self.cells.first[origin]
        self._ordered[origin][0][above] += mean
        self._ordered[origin][1][above] += variance

    def echelon(self, location: int) -> int:
        """How far a location is from the end of the longest chain of supply; known once demand was followed."""
        return max(self._depth.values()) - self._depth[location]

    def _customers_first(self, supplied: list[list[Part]]) -> list[int]:
        upstream = {
            location: {self.network.index[self.network.lanes[lane].origin] for part in parts for lane in part.lanes}
            for location, parts in enumerate(supplied)
        }
        depth = self._depth

        def measure(location: int) -> int:
            if location not in depth:
                depth[location] = 1 + max(
                    (measure(above) for above in sorted(upstream[location])), default=-1
                )
            return depth[location]

        return sorted(upstream, key=lambda location: (-measure(location), location))
