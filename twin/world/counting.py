"""People who count: at their hours, at every location of a plan, what is really there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, Phase
from twin.events import Kind
from twin.plan.build import Plan
from twin.plan.places import locations_of, skus_of
from twin.world.clock import NetworkClock
from twin.world.courier import Courier
from twin.world.departures import Timetable
from twin.world.shelves import ShelfLane


class Counting:
    """The count plans of a scenario: each counts all its cells, location by location, at one instant."""

    def __init__(self, plan: Plan, clock: NetworkClock, shelves: ShelfLane, courier: Courier) -> None:
        self._plan, self._clock, self._shelves, self._courier = plan, clock, shelves, courier

    def begin(self) -> None:
        """Put the first counts on the agenda: the first at the end of the first period."""
        scenario = self._plan.scenario
        for given in scenario.inventory.count:
            cells = self._cells(given.where)
            start = scenario.start_us
            if given.at is not None:
                start = Timetable((given.at,), scenario.time.timezone).next(start)
            first = (
                start + given.every
                if start == scenario.start_us
                else start + given.every - DAY * (given.every >= DAY)
            )
            self._later(max(first, scenario.start_us), given.every, cells)

    def _cells(self, where: object) -> list[tuple[int, NDArray[np.int32]]]:
        plan = self._plan
        skus = skus_of(where, plan.items)  # type: ignore[arg-type]
        found = []
        for location in np.flatnonzero(locations_of(where, plan.network)).tolist():  # type: ignore[arg-type]
            ranged = plan.ranged.skus[location]
            local = np.arange(ranged.size) if skus is None else np.flatnonzero(skus[ranged])
            if local.size:
                found.append((location, (plan.ranged.first[location] + local).astype(np.int32)))
        return found

    def _later(self, time: int, every: int, cells: list[tuple[int, NDArray[np.int32]]]) -> None:
        def count() -> None:
            for location, mine in cells:
                levels = self._shelves.shelves.on_hand[mine]
                self._courier.send(Kind.COUNT, location, mine, levels, np.zeros(mine.size, np.int32))
            self._later(time + every, every, cells)

        self._clock.at(time, Phase.COUNT, count)
