"""The shelf lane as the rest of the world sees it: advance it, put goods on shelves, take goods off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.brain.brain import Brain
from twin.clock import key
from twin.memory import table_of
from twin.plan.build import Plan
from twin.random.tables import STEPS
from twin.record.state import widen
from twin.world.calendar import with_room
from twin.world.lane import advance
from twin.world.lines import Lines
from twin.world.shelf import put_away, take_out
from twin.world.state import Control, Shelves, new_shelves, no_operations

Units = NDArray[np.int32]


class ShelfLane:
    """Shelves, the lines that happen to them, and the record they are told to."""

    def __init__(self, plan: Plan, lines: Lines) -> None:
        backorders = plan.scenario.demand.unmet.pos == "backorder"
        self.shelves: Shelves = new_shelves(
            plan.opening.astype(np.int32), days=plan.days, buckets=plan.buckets, by_cell=plan.by_cell,
            categories=len(plan.items.categories), backorders=backorders, start_us=plan.scenario.start_us,
            category=plan.items.category, price=plan.items.price, cost=plan.items.cost, latency=plan.streams.pos.latency,
        )  # fmt: skip
        assert self.shelves.latency.size == 3 * (STEPS + 1)
        self.lines, self._operations = lines, no_operations()
        self.table, self._operations_table = table_of(self.shelves), table_of(self._operations)
        self._backorders, self._watched = backorders, plan.watched is not None
        self._end_key = key(plan.scenario.end_us, 0)
        self.heard = 0  # arrivals delivered in finished stretches

    @property
    def end_of_stretch(self) -> int:
        """Key at which the next stretch must be made."""
        return key(self.lines.until, 0)

    def next_stretch(self, brain: Brain) -> None:
        """Go on to the next stretch of days; all of the last one must have happened."""
        self.heard += int(self.shelves.control[Control.NEXT_ARRIVAL])
        self._operations = self.lines.next_stretch()
        self._operations_table = table_of(self._operations)
        control = self.shelves.control
        control[Control.NEXT_SALE], control[Control.NEXT_ARRIVAL] = self._operations.carried.size, 0
        control[Control.FIRST_SEQUENCE] = self.lines.first_sequence
        needed = 2 * (self.lines.next_sequence - self.lines.oldest)
        if needed > brain.record.seen.shape[1]:
            brain.replace_record(widen(brain.record, needed))

    def advance(self, brain: Brain, until: int) -> int:
        """Run everything before the key ``until``; returns the key it stopped before, which a signal may bring nearer."""
        return int(advance(self.table, brain.table, self._operations_table, until, self._watched))

    def put_away(
        self, location: int, heard_key: int, cells: Units, skus: Units, units: Units, uniform: int
    ) -> None:
        """A delivery reaches the shelves."""
        if self._backorders:
            grown = with_room(self.shelves, cells.size)
            if grown is not self.shelves:
                self.shelves, self.table = grown, table_of(grown)
        put_away(self.table, heard_key >> 5, heard_key, location, cells, skus, units, uniform)

    def take_out(
        self, location: int, cells: Units, skus: Units, wanted: Units, taken: Units, room: int, time: int
    ) -> int:
        """Goods leave the shelves for another location; returns how many units."""
        return int(take_out(self.table, time, location, cells, skus, wanted, taken, room))

    @property
    def operations(self) -> tuple[NDArray[np.void], NDArray[np.void], NDArray[np.int64], int, int]:
        """Sales, arrivals, numbers of carried sales, and how far both have come."""
        control = self.shelves.control
        return (*self._operations, int(control[Control.NEXT_SALE]), int(control[Control.NEXT_ARRIVAL]))

    @property
    def lines_done(self) -> int:
        """POS lines that have happened so far."""
        return int(
            self.lines.first_sequence
            + self.shelves.control[Control.NEXT_SALE]
            - self._operations.carried.size
        )
