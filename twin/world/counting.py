"""People who count what is really there: at their hours, at every location of a plan; and where they are asked to."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, Phase
from twin.decisions import CountRequest
from twin.events import Kind
from twin.plan.build import Plan
from twin.plan.places import locations_of, skus_of
from twin.world.clock import NetworkClock
from twin.world.courier import Courier
from twin.world.departures import Timetable, timetable
from twin.world.shelves import ShelfLane

Counted = list[tuple[int, NDArray[np.int32]]]  # locations, and the cells that are counted there


class Counting:
    """The count plans of a scenario: each counts all its cells, location by location, at one instant, again and again; and what is
    asked for, once."""

    def __init__(self, plan: Plan, clock: NetworkClock, shelves: ShelfLane, courier: Courier) -> None:
        self._plan, self._clock, self._shelves, self._courier = plan, clock, shelves, courier

    def begin(self) -> None:
        """Put the first counts on the agenda: the first at the end of the first period, or at the first ``at`` of a shorter one."""
        scenario, places = self._plan.scenario, self._plan.network.locations
        for given in scenario.inventory.count:
            if given.every is None:
                continue
            by_zone: dict[str, Counted] = {}
            for location, cells in self._cells(given.where):
                by_zone.setdefault(places[location].timezone or scenario.time.timezone, []).append((location, cells))
            for zone, counted in by_zone.items():
                hours = timetable((given.at,), zone) if given.at is not None else None
                first = scenario.start_us + given.every
                if hours is not None:
                    start = hours.next(scenario.start_us)
                    first = start if given.every < DAY else self._after(start - DAY, given.every, hours)
                self._later(first, given.every, hours, counted)

    def _after(self, time: int, every: int, hours: Timetable | None) -> int:
        """The count after that of ``time``: where it is a matter of days, at the same time of the local clock."""
        if hours is None or every % DAY:
            return time + every
        return hours.next(time + every - DAY // 4)

    def _cells(self, where: object) -> Counted:
        plan = self._plan
        skus = skus_of(where, plan.items)  # type: ignore[arg-type]
        found = []
        for location in np.flatnonzero(locations_of(where, plan.network)).tolist():  # type: ignore[arg-type]
            ranged = plan.ranged.skus[location]
            local = np.arange(ranged.size) if skus is None else np.flatnonzero(skus[ranged])
            if local.size:
                found.append((location, (plan.ranged.first[location] + local).astype(np.int32)))
        return found

    def take(self, request: CountRequest) -> None:
        """Somebody is asked to count some cells of a location."""
        self._clock.at(request.due, Phase.COUNT, partial(self._count, request.location, request.cells))

    def _count(self, location: int, cells: NDArray[np.int32]) -> None:
        levels = self._shelves.levels(location, cells)
        self._courier.send(Kind.COUNT, location, cells, levels, np.zeros(cells.size, np.int32))

    def _later(self, time: int, every: int, hours: Timetable | None, counted: Counted) -> None:
        def count() -> None:
            for location, cells in counted:
                self._count(location, cells)
            self._later(self._after(time, every, hours), every, hours, counted)

        self._clock.at(max(time, self._clock.time), Phase.COUNT, count)
