"""Where a replication's POS lines come from: drawn or replayed a few days at a time, and handed out stretch by stretch.

Days are drawn whole, because their random numbers are keyed by day, and spread into buckets of time at once. A stretch is a run of
buckets that fits the processor's cache: put in order, sent on to the record, run by the lane, forgotten. What the record will hear
only after the stretch is carried into the next one, with the sales it is about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channel.deliver import deliver
from twin.clock import DAY, KEY_SHIFT, NEVER, key
from twin.demand.generate import draw_clockwork, draw_counts, draw_lines, draw_recorded
from twin.memory import table_of
from twin.plan.build import Plan
from twin.sorting import coarse_shift, set_aside, sort_buckets, sort_rows, spread_rows
from twin.world.state import ARRIVAL, SALE, Operations, no_operations

STRETCH = 1 << 15  # lines in a stretch, about
_SLACK = 1 << 12  # rows of room beyond what is needed, so that buffers seldom grow


class DrawnDays:
    """The lines of a few whole days, in buckets of time."""

    def __init__(self, plan: Plan, replication: int) -> None:
        self._plan, self._replication = plan, replication
        self._seed = plan.scenario.seed & ((1 << 63) - 1)
        self._start = plan.scenario.start_us
        self._streams = table_of(plan.tables)
        self._drawn = np.empty(0, SALE)
        self.rows = np.empty(0, SALE)
        self.ends = np.zeros(2, np.int64)
        self.day, self.bucket, self.low, self.shift = 0, 0, 0, KEY_SHIFT

    @property
    def buckets(self) -> int:
        """Buckets of the days drawn."""
        return self.ends.size - 1

    @property
    def exhausted(self) -> bool:
        """Whether every bucket has been handed out."""
        return self.bucket >= self.buckets or self.day == 0

    def time_of(self, bucket: int) -> int:
        """Start of a bucket; that of the one behind the last is the end of the days drawn."""
        end = self._start + self.day * DAY
        return min((self.low + (bucket << self.shift)) >> KEY_SHIFT, end) if bucket < self.buckets else end

    def draw(self) -> None:
        """Draw the next days."""
        first_day, self.day = self.day, min(self.day + self._plan.chunk_days, self._plan.days)
        counts = np.zeros((len(self._plan.demand.streams), self.day - first_day), np.int32)
        room = self._expect(counts, first_day)
        if room + 1 > self._drawn.size:
            self._drawn = np.empty(room + 1 + room // 16 + _SLACK, SALE)
            self.rows = np.empty(self._drawn.size, SALE)
        count = self._draw(counts, first_day)
        self.low = key(self._start + first_day * DAY, 0)
        span = key(self._start + self.day * DAY, 0) - self.low
        self.shift = max(KEY_SHIFT, int(coarse_shift(span, count)))
        self.ends = np.zeros(((span - 1) >> self.shift) + 2, np.int64)
        spread_rows(self._drawn, count, self.low, self.shift, self.ends, self.rows)
        self.bucket = 0

    def take(self, out: NDArray[np.void]) -> int:
        """Put the rows of the next buckets, about a stretch of them, in order into ``out``; returns how many."""
        first = self.bucket
        done = int(self.ends[first - 1]) if first else 0
        self.bucket = max(first + 1, int(np.searchsorted(self.ends[:-1], done + STRETCH, side="right")))
        return int(sort_buckets(self.rows, self.ends, first, self.bucket, self.low, self.shift, out))

    @property
    def largest_take(self) -> int:
        """Most rows that the next ``take`` can return."""
        first = self.bucket
        done = int(self.ends[first - 1]) if first else 0
        return max(STRETCH, int(self.ends[first]) - done)

    def _expect(self, counts: NDArray[np.int32], first_day: int) -> int:
        """How many rows the days can have."""
        demand, span = self._plan.demand, (self.day - first_day) * DAY
        drawn = (
            draw_counts(self._streams, self._seed, self._replication, first_day, self.day, counts)
            if counts.size
            else 0
        )
        beats = sum(span // c.every + 1 for c in demand.clockworks)
        return int(drawn + beats + sum(b - a for a, b in self._recorded_parts(first_day)))

    def _recorded_parts(self, first_day: int) -> list[tuple[int, int]]:
        first, end = self._start + first_day * DAY, self._start + self.day * DAY
        parts = [np.searchsorted(r.time, [first, end]) for r in self._plan.demand.recorded]
        return [(int(a), int(b)) for a, b in parts]

    def _draw(self, counts: NDArray[np.int32], first_day: int) -> int:
        """All lines of the days, unordered; returns how many."""
        first, end = self._start + first_day * DAY, self._start + self.day * DAY
        rows, n = self._drawn, 0
        if counts.size:
            n = draw_lines(self._streams, self._seed, self._replication, first_day, self._start, counts, rows)
        for c in self._plan.demand.clockworks:
            n = draw_clockwork(
                c.entity, c.cell, c.sku, c.location, c.every, c.size.first, c.size.array, self._seed, self._replication,
                self._start, first, end, rows, n,
            )  # fmt: skip
        for recorded, (a, b) in zip(self._plan.demand.recorded, self._recorded_parts(first_day), strict=True):
            n = draw_recorded(
                recorded.time, recorded.cell, recorded.sku, recorded.location, recorded.quantity, recorded.entity, a, b,
                self._seed, self._replication, rows, n,
            )  # fmt: skip
        return int(n)


class Lines:
    """The operations of one replication, a stretch at a time."""

    def __init__(self, plan: Plan, replication: int) -> None:
        self._plan, self._days = plan, DrawnDays(plan, replication)
        self._sales, self._arrivals, self._spare = (np.empty(0, kind) for kind in (SALE, ARRIVAL, ARRIVAL))
        self._operations = no_operations()
        self.waiting = np.empty(0, ARRIVAL)  # what the record will hear after the stretch
        self.first_sequence, self._count = 0, 0
        self.until = plan.scenario.start_us  # end of the stretch

    @property
    def finished(self) -> bool:
        """Whether the last stretch has been made."""
        return self.until >= self._plan.scenario.end_us

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
        """Make the operations of the next stretch. Those of the last one must have happened."""
        carried, numbers = self._carry()
        self.first_sequence += self._count
        if self._days.exhausted:
            self._days.draw()
        room = carried.size + self._days.largest_take + 1
        if room > self._sales.size:
            self._sales = np.empty(room + _SLACK, SALE)
        self._sales[: carried.size] = carried
        self._count = self._days.take(self._sales[carried.size :])
        self.until = self._days.time_of(self._days.bucket)
        self._operations = self._deliver(carried.size, numbers)
        return self._operations

    def _carry(self) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Sales that the record will hear of later, and their sequence numbers; the arrivals that wait are renumbered to match."""
        sales, _, carried = self._operations
        rows, place = np.unique(self.waiting["row"], return_inverse=True)
        self.waiting["row"] = place
        fresh = rows >= carried.size
        old = carried[np.where(fresh, 0, rows)] if carried.size else np.zeros(rows.size, np.int64)
        numbers = np.where(fresh, rows - carried.size + self.first_sequence, old)
        return sales[rows].copy(), numbers.astype(np.int64)

    def _deliver(self, carried: int, numbers: NDArray[np.int64]) -> Operations:
        waiting, end = self.waiting.size, carried + self._count
        room = 2 * self._count + waiting + 1
        if room > self._arrivals.size:
            self._arrivals = np.empty(room + room // 16 + _SLACK, ARRIVAL)
            self._spare = np.empty(self._arrivals.size, ARRIVAL)
        self._arrivals[:waiting] = self.waiting
        n = int(deliver(self._plan.streams.pos, self._sales, carried, end, self._arrivals, waiting))
        due = int(set_aside(self._arrivals, n, key(self.until, 0), self._spare))
        self.waiting = self._spare[: n - due].copy()
        sort_rows(self._arrivals, due, self._spare)
        # the lane looks ahead as far as these rows
        self._sales[end]["key"], self._arrivals[due] = NEVER, (NEVER, 0, 0)
        return Operations(self._sales[: end + 1], self._arrivals[: due + 1], numbers)
