"""Which lane supplies each cell that a reorder rule governs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.rules import ReorderRule
from twin.plan.cells import Cells
from twin.plan.items import Items


@dataclass(frozen=True, eq=False)
class Part:
    """The cells of a location under one rule, never none, and the network's lanes that supply them.

    ``local`` are their places among the location's cells, ascending: one array for all locations where they are the same.
    ``lanes`` are the distinct lanes, ascending; ``lane`` that of each cell, which takes no room where there is just one.
    """

    rule: int
    local: NDArray[np.int32]
    lanes: tuple[int, ...]
    lane: NDArray[np.int32]

    def by_lane(self) -> Iterator[tuple[int, NDArray[np.int32]]]:
        """The places of the cells that each lane supplies."""
        for lane in self.lanes:
            yield lane, self.local if len(self.lanes) == 1 else self.local[self.lane == lane]


class Sourcing:
    """Finds the lanes; what is the same for many locations is kept once."""

    def __init__(self, network: Network, items: Items, cells: Cells) -> None:
        self.network, self.items, self.cells = network, items, cells
        self._number = {(lane.origin, lane.destination): i for i, lane in enumerate(network.lanes)}
        self._places: dict[int, list[tuple[int, NDArray[np.int32]]]] = {}
        self._whole: dict[int, NDArray[np.int32]] = {}
        self._own: dict[tuple[str, ...], NDArray[np.int32]] = {}

    def parts(self, rules: tuple[ReorderRule, ...], chosen: list[NDArray[np.int16]]) -> list[list[Part]]:
        """The parts of every location, by rule; ``chosen`` says for each location the rule of each cell, -1 for none."""
        return [
            [self._part(rule, rules[rule].source, location, local) for rule, local in self._by_rule(rule_of)]
            for location, rule_of in enumerate(chosen)
        ]

    def _by_rule(self, rule_of: NDArray[np.int16]) -> list[tuple[int, NDArray[np.int32]]]:
        key = id(rule_of)
        if key not in self._places:
            counts = np.bincount(rule_of + 1)[1:]
            self._places[key] = [(rule, self._local(rule_of, rule, int(counts[rule]))) for rule in np.flatnonzero(counts).tolist()]
        return self._places[key]

    def _local(self, rule_of: NDArray[np.int16], rule: int, count: int) -> NDArray[np.int32]:
        if count < rule_of.size:
            return np.flatnonzero(rule_of == rule).astype(np.int32)
        return self._whole.setdefault(count, np.arange(count, dtype=np.int32))

    def _part(self, rule: int, source: str | None, location: int, local: NDArray[np.int32]) -> Part:
        place = self.network.locations[location].id
        lane = self.network.lane_for(place, source, ("policies", "reorder", rule, "source"))
        number = self._number[lane.origin, lane.destination]
        suppliers = self._suppliers(place) if source is None else ()
        if suppliers:
            by_supplier = np.array([*(self._number[supplier, place] for supplier in suppliers), number], np.int32)
            lane_of = by_supplier[self._supplier_numbers(suppliers)[self.cells.skus[location][local]]]
            lanes = np.flatnonzero(np.bincount(lane_of)).tolist()
            if len(lanes) > 1:
                return Part(rule, local, tuple(lanes), lane_of)
            number = lanes[0]
        return Part(rule, local, (number,), np.broadcast_to(np.int32(number), local.shape))

    def _suppliers(self, place: str) -> tuple[str, ...]:
        """The suppliers that a location buys from where it buys from suppliers itself: each SKU comes from its own one."""
        lanes = self.network.lanes_into(place)
        if self.network.location(lanes[0].origin).is_internal:
            return ()
        return tuple(lane.origin for lane in lanes if not self.network.location(lane.origin).is_internal)

    def _supplier_numbers(self, suppliers: tuple[str, ...]) -> NDArray[np.int32]:
        """For each SKU, the place of its supplier in ``suppliers``; -1 where it has none, so that the cheapest lane supplies it."""
        if suppliers not in self._own:
            place = {supplier: i for i, supplier in enumerate(suppliers)}
            self._own[suppliers] = np.array([place.get(name, -1) if name else -1 for name in self.items.supplier], np.int32)
        return self._own[suppliers]
