"""Where a replication's web carts come from: drawn or replayed some days at a time, in the order in which they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.demand.web.draw import DUE, count_carts, fill_carts, find_due
from twin.demand.web.rows import CART, DELIVERED, WANTED
from twin.demand.web.streams import CartPlan
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
        counts = np.zeros((len(self._plan.streams), days), np.int64)
        most = int(count_carts(*common, counts))
        due = self._room("due", DUE, most + 1)
        n, wanted = find_due(*common, counts, due)
        spare = self._room("spare", DUE, n if n > FINE else 1)
        carts, lines = self._room("carts", CART, n + 1), self._room("lines", WANTED, max(wanted, 1))
        ordered = self._room("ordered", DUE, max(n, 1))
        kept, drawn = fill_carts(*common, days, due, n, spare, ordered, self._ends, self.done + 1, carts, lines)
        self.day += days
        self.done += kept
        return carts[: kept + 1], lines[:drawn]

    def _room(self, name: str, kind: np.dtype[np.void], rows: int) -> NDArray[np.void]:
        """An array for at least so many rows, made anew only where the last one is too small."""
        room = self._rooms.get(name)
        if room is None or room.size < rows:
            room = self._rooms[name] = np.zeros(rows + rows // 4, kind)
        return room
