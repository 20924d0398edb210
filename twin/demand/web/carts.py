"""Where a replication's web carts come from: drawn or replayed some days at a time, in the order in which they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY
from twin.demand.web.draw import DUE, count_carts, fill_carts, find_due
from twin.demand.web.rows import CART, DELIVERED, WANTED
from twin.demand.web.streams import CartPlan, Way
from twin.memory import table_of
from twin.sorting import BUCKET_ENDS, FINE

__all__ = ["CART", "DELIVERED", "WANTED", "Carts"]


class Carts:
    """The carts of one replication, a stretch of days at a time.

    Parameters
    ----------
    plan : the streams; made for a run that starts at ``start_us``
    seed, replication : what all draws are keyed by, besides stream and day
    start_us : start of day 0

    Attributes
    ----------
    day : the first day that has not been drawn
    done : carts of the stretches drawn so far; the next one's number is one more
    """

    def __init__(self, plan: CartPlan, seed: int, replication: int, start_us: int) -> None:
        if start_us != plan.start_us:
            raise ValueError(f"start_us(={start_us}) must be that of the plan, {plan.start_us}.")
        self._plan = plan  # whose arrays the tables point to
        self._tables = table_of(plan.rates), table_of(plan.tables)
        self._keys = seed & ((1 << 63) - 1), replication, start_us
        self._rooms = dict[str, NDArray[np.void]]()
        self._held = np.zeros(1, DUE)
        self._ends = np.empty(BUCKET_ENDS, np.int32)
        self.day = self.done = 0

    def next_stretch(self, first_day: int, days: int) -> tuple[NDArray[np.void], NDArray[np.void]]:
        """Make the carts of the next ``days`` days.

        Returns
        -------
        carts : array (n + 1,) of CART
            By key, closed by a row with key NEVER.
        lines : array of WANTED
            Both belong to the stretch: the next one overwrites them.

        Raises
        ------
        ValueError
            ``first_day`` is not the one after the last stretch, or the run ends before the stretch does.
        """
        if first_day != self.day or not 0 < days <= self._plan.days - first_day:
            raise ValueError(
                f"days {first_day} to {first_day + days} (of {self._plan.days}) must begin with day {self.day} and end in the run."
            )
        common = (*self._tables, *self._keys, first_day)
        counts, recorded = self._exact(first_day, days)
        count_carts(*common, counts)
        due = self._room("due", DUE, int(counts.sum()) + 1)
        n, wanted = find_due(*common, counts, recorded, due)
        spare = self._room("spare", DUE, n if n > FINE else 1)
        carts, lines = self._room("carts", CART, n + 1), self._room("lines", WANTED, max(wanted, 1))
        ordered = self._room("ordered", DUE, max(n, 1))
        kept, drawn = fill_carts(*common, days, due, n, self._held, spare, ordered, self._ends, self.done + 1, carts, lines)
        self.day += days
        self.done += kept
        return carts[: kept + 1], lines[:drawn]

    def _exact(self, first_day: int, days: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Carts of flash sales and feeds in a stretch, in the first of the days (streams, days); the first recorded one of each."""
        of, start = self._plan.tables, self._plan.start_us
        first_us, end_us = start + first_day * DAY, start + (first_day + days) * DAY
        counts, recorded = np.zeros((of.way.size, days), np.int64), of.part_first.copy()
        counts[:, 0] = np.where((of.flash_at < end_us) & (of.flash_at + of.flash_length > first_us), of.flash_orders, 0)
        for s in np.flatnonzero(of.way == Way.RECORDED).tolist():
            first, end = np.searchsorted(of.time[of.part_first[s] : of.part_end[s]], [first_us, end_us])
            recorded[s] += first
            counts[s, 0] = end - first
        return counts, recorded

    def _room(self, name: str, kind: np.dtype[np.void], rows: int) -> NDArray[np.void]:
        """An array for at least so many rows, made anew only where the last one is too small."""
        room = self._rooms.get(name)
        if room is None or room.size < rows:
            room = self._rooms[name] = np.zeros(rows + rows // 4, kind)
        return room
