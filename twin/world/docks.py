"""Receiving docks: where deliveries wait for a door and are unloaded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from twin.clock import Phase
from twin.plan.build import Plan
from twin.plan.places import locations_of
from twin.random.drawn import drawn_quantile
from twin.random.keyed import KeyedDraws, entity
from twin.random.laws import duration_table
from twin.random.purposes import Purpose
from twin.world.clock import NetworkClock
from twin.world.goods import Delivery

Arrive = Callable[[Delivery], None]


@dataclass
class Dock:
    """Doors at which deliveries are unloaded, first come first served, before ``finish`` takes over.

    ``table`` holds the quantiles of the time a delivery takes, to which ``per_unit`` adds; ``root`` is that of its draws.
    """

    clock: NetworkClock
    finish: Arrive
    doors: int
    table: NDArray[np.int64]
    per_unit: int
    root: int
    busy: int = 0
    served: int = 0
    queue: deque[Delivery] = field(default_factory=deque)

    def arrive(self, delivery: Delivery) -> None:
        """A truck is at the gate."""
        if self.busy < self.doors:
            self._unload(delivery)
        else:
            self.queue.append(delivery)

    def _unload(self, delivery: Delivery) -> None:
        self.busy += 1
        self.served += 1
        takes = drawn_quantile(self.table, self.root, self.served) + self.per_unit * delivery.total
        self.clock.at(self.clock.time + takes, Phase.RECEIPT, partial(self._done, delivery))

    def _done(self, delivery: Delivery) -> None:
        self.busy -= 1
        self.finish(delivery)
        if self.queue:
            self._unload(self.queue.popleft())


def gates(plan: Plan, clock: NetworkClock, draws: KeyedDraws, finish: Arrive) -> list[Arrive]:
    """Where a delivery arrives, by location: at its dock, or at once where it has none."""
    arrive = [finish] * len(plan.network.locations)
    for given in reversed(plan.scenario.operations.docks):
        table = duration_table(given.unload)
        for i in np.flatnonzero(locations_of(given.at, plan.network)).tolist():
            root = draws.root(Purpose.UNLOAD, entity("dock", plan.network.locations[i].id))
            dock = Dock(clock, finish, given.doors, table, given.per_unit, root)
            arrive[i] = dock.arrive if given.doors else finish
    return arrive
