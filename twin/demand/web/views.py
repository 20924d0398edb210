"""The views of a replication, a stretch of days at a time: counted, and where a log is kept, drawn one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, KEY_SHIFT
from twin.demand.web.browse import browse, look_before
from twin.demand.web.streams import CartPlan
from twin.demand.web.view_streams import VIEW
from twin.kpis.orders import VIEW_FIELDS
from twin.memory import table_of
from twin.random.keyed import KeyedDraws, entity
from twin.random.purposes import Purpose

__all__ = ["VIEW", "Views"]


class Views:
    """Sessions and their views. Nobody waits for them and nothing depends on them: they come after the carts of a stretch.

    Parameters
    ----------
    plan : its ``views`` are what is drawn
    seed, replication : what all draws are keyed by
    end_us : end of the run
    keeps : whether the views themselves are wanted, not their number alone

    Attributes
    ----------
    counted : array (days, len(VIEW_FIELDS)), on the day of the view; a session on the day of its cart, or of its first view
    """

    def __init__(self, plan: CartPlan, seed: int, replication: int, end_us: int, *, keeps: bool) -> None:
        assert plan.views is not None
        self._plan, self._end_us, self._keeps = plan, end_us, keeps  # the tables point to the plan's arrays
        self._tables = table_of(plan.views.rates), table_of(plan.tables), table_of(plan.views.tables)
        self._keys = seed & ((1 << 63) - 1), replication, plan.start_us
        self._root = KeyedDraws(seed, replication).root(Purpose.VIEW_OF_CART, entity("views"))
        self._carts = self._others = 0  # sessions of the stretches before
        self.counted = np.zeros((plan.days, len(VIEW_FIELDS)), np.int64)

    def next_stretch(self, first_day: int, days: int, carts: NDArray[np.void], lines: NDArray[np.void]) -> NDArray[np.void]:
        """Draw the sessions that begin on the next ``days`` days or end in one of their ``carts`` (`CART`, without a last row).

        Returns
        -------
        array of VIEW
            In order of time, those of a session as they come; empty where none are kept. A cart's view may lie before the stretch.
        """
        begun, none = np.zeros(days, np.int64), np.zeros(0, VIEW)
        found = self._draw(first_day, carts, lines, begun, (np.zeros(days, np.int64),) * 2, (none, none), False)
        rows = np.zeros(sum(found) if self._keeps else 0, VIEW)
        before = self._others + np.cumsum(begun) - begun
        if self._keeps:
            ends = (self._keys[2] + np.arange(first_day + 1, first_day + days + 1) * DAY) << KEY_SHIFT
            last = self._carts + np.searchsorted(carts["key"], ends)
            self._draw(first_day, carts, lines, begun, (before, before + last), (rows[: found[0]], rows[found[0] :]), True)
        self._carts += carts.size
        self._others += int(begun.sum())
        words = rows.view(np.int64).reshape(-1, VIEW.itemsize // 8)  # NumPy moves whole rows of them, of VIEW field by field
        return words[np.argsort(rows["time"], kind="stable")].reshape(-1).view(VIEW)

    def _draw(
        self, first_day: int, carts: NDArray[np.void], lines: NDArray[np.void], begun: NDArray[np.int64],
        numbers: tuple[NDArray[np.int64], NDArray[np.int64]], rows: tuple[NDArray[np.void], NDArray[np.void]], writes: bool,
    ) -> tuple[int, int]:  # fmt: skip
        """Views of carts, and of sessions without one."""
        seed, replication, start = self._keys
        counted, views = self.counted, self._tables[2]
        of_carts = look_before(
            views, self._root, start, first_day, self._end_us, carts, lines, counted, begun, numbers[0], rows[0], writes
        )
        others = browse(
            *self._tables, seed, replication, start, first_day, self._end_us, counted, begun, numbers[1], rows[1], writes
        )
        return of_carts, others
