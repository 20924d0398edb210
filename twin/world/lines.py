"""Where a replication's POS lines come from: drawn or replayed, stretch by stretch, put in order, and sent to the record.

A stretch is as many days as make a call worth while. What the record will hear only after the stretch is carried into the next
one, with the sales it is about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channel.deliver import deliver
from twin.clock import DAY, NEVER, key
from twin.demand.generate import draw_clockwork, draw_counts, draw_lines, draw_recorded
from twin.memory import table_of
from twin.plan.build import Plan
from twin.sorting import sort_rows
from twin.world.state import ARRIVAL, SALE, Operations, no_operations

_SLACK = 1 << 12  # rows of room beyond what is needed, so that buffers seldom grow


class Lines:
    """The operations of one replication, a stretch at a time."""

    def __init__(self, plan: Plan, replication: int) -> None:
        self._plan, self._replication = plan, replication
        self._seed = plan.scenario.seed & ((1 << 63) - 1)
        self._start, self._end = plan.scenario.start_us, plan.scenario.end_us
        self._streams = table_of(plan.tables)
        self._sales, self._arrivals = np.empty(0, SALE), np.empty(0, ARRIVAL)
        self._spare_sales, self._spare_arrivals = np.empty(0, SALE), np.empty(0, ARRIVAL)
        self._operations, self._active = no_operations(), 0
        self._day, self.first_sequence, self._count = 0, 0, 0
        self.until = self._start  # end of the stretch

    @property
    def finished(self) -> bool:
        """Whether the last stretch has been made."""
        return self.until >= self._end

    @property
    def oldest(self) -> int:
        """Lowest sequence number that the record may yet hear of."""
        carried = self._operations.carried
        return int(carried.min()) if carried.size else self.first_sequence

    @property
    def next_sequence(self) -> int:
        """Sequence number after the last line of the stretch."""
        return self.first_sequence + self._count

    def next_stretch(self) -> Operations:
        """Make the operations of the next stretch of days. Those of the last one must have happened."""
        carried, waiting = self._carry()
        self.first_sequence += self._count
        end_day = min(self._day + self._plan.chunk_days, self._plan.days)
        counts = np.zeros((len(self._plan.demand.streams), end_day - self._day), np.int32)
        room = carried.size + self._expect(counts, end_day)
        self._grow(room)
        self._sales[: carried.size] = carried
        self._count = self._draw(self._sales[carried.size :], counts, end_day)
        fresh = self._sales[carried.size : carried.size + self._count]
        sort_rows(fresh, self._count, self._spare_sales)
        self._day, self.until = end_day, self._start + end_day * DAY
        self._operations = self._deliver(carried.size, waiting)
        return self._operations

    def _carry(self) -> tuple[NDArray[np.void], NDArray[np.void]]:
        """Sales that the record will hear of later, and those arrivals; renumbered, and their sequence numbers kept."""
        sales, arrivals, carried = self._operations
        waiting = arrivals[self._active : arrivals.size - 1].copy()
        rows, place = np.unique(waiting["row"], return_inverse=True)
        waiting["row"] = place
        fresh = rows >= carried.size
        numbers = np.where(fresh, rows - carried.size + self.first_sequence, carried[np.where(fresh, 0, rows)] if carried.size else 0)
        self._carried_numbers = numbers.astype(np.int64)
        return sales[rows].copy(), waiting

    def _expect(self, counts: NDArray[np.int32], end_day: int) -> int:
        """How many rows the stretch can have."""
        demand, span = self._plan.demand, (end_day - self._day) * DAY
        drawn = draw_counts(self._streams, self._seed, self._replication, self._day, end_day, counts) if counts.size else 0
        beats = sum(span // c.every + 1 for c in demand.clockworks)
        return int(drawn + beats + sum(b - a for a, b in self._recorded_parts(end_day)))

    def _recorded_parts(self, end_day: int) -> list[tuple[int, int]]:
        first, end = self._start + self._day * DAY, self._start + end_day * DAY
        return [tuple(np.searchsorted(r.time, [first, end]).tolist()) for r in self._plan.demand.recorded]

    def _grow(self, room: int) -> None:
        if room + 1 > self._sales.size:
            self._sales = np.empty(room + 1 + room // 16 + _SLACK, SALE)
            self._spare_sales = np.empty(self._sales.size, SALE)

    def _draw(self, rows: NDArray[np.void], counts: NDArray[np.int32], end_day: int) -> int:
        """All lines of the stretch, unordered; returns how many."""
        first, end = self._start + self._day * DAY, self._start + end_day * DAY
        n = 0
        if counts.size:
            n = draw_lines(self._streams, self._seed, self._replication, self._day, self._start, counts, rows)
        for c in self._plan.demand.clockworks:
            n = draw_clockwork(
                c.entity, c.cell, c.sku, c.location, c.every, c.size.first, c.size.array, self._seed, self._replication,
                self._start, first, end, rows, n,
            )  # fmt: skip
        for recorded, (a, b) in zip(self._plan.demand.recorded, self._recorded_parts(end_day), strict=True):
            n = draw_recorded(
                recorded.time, recorded.cell, recorded.sku, recorded.location, recorded.quantity, recorded.entity, a, b,
                self._seed, self._replication, rows, n,
            )  # fmt: skip
        return int(n)

    def _deliver(self, carried: int, waiting: NDArray[np.void]) -> Operations:
        room = 2 * self._count + waiting.size + 1
        if room > self._arrivals.size:
            self._arrivals = np.empty(room + room // 16 + _SLACK, ARRIVAL)
            self._spare_arrivals = np.empty(self._arrivals.size, ARRIVAL)
        self._arrivals[: waiting.size] = waiting
        end = carried + self._count
        n = deliver(self._plan.streams.pos, self._sales, carried, end, self._arrivals, waiting.size)
        sort_rows(self._arrivals, n, self._spare_arrivals)
        self._active = int(np.searchsorted(self._arrivals["key"][:n], key(self.until, 0)))
        self._sales[end]["key"] = self._arrivals[n]["key"] = NEVER
        return Operations(self._sales[: end + 1], self._arrivals[: n + 1], self._carried_numbers)
