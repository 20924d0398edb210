"""(r, Q): when the position falls to a reorder point, order in lots of a fixed size."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import (
    LARGEST,
    CellFacts,
    ReorderPolicy,
    ReorderState,
    number,
    per_cell,
    share,
    whole,
    within_reach,
)
from policies.reorder.eoq import whole_eoq
from policies.reorder.levels import auto_levels


class RQ(ReorderPolicy):
    """At a position of ``r`` or below, order the fewest lots of ``Q`` that bring it above ``r``.

    Parameters
    ----------
    cells : CellFacts
        The cells it governs.
    r : int or "auto"
        Reorder point, in units; may be negative, down to planned backorders. ``auto``: the smallest that
        demand over lead time and review period does not exceed with probability ``service``.
    Q : int or "auto"
        Lot size, in units, >= 1. ``auto``: the economic order quantity of each cell, from its demand and unit
        cost and the two costs below.
    service : float
        Target of ``r: auto``, strictly between 0 and 1.
    order_cost : float, optional
        Money per order; needed by ``Q: auto``. A scenario that leaves it out means its ``costs.order``.
    holding_per_day : float, optional
        Share of value that a day of holding costs; needed by ``Q: auto``. A scenario that leaves it out means
        its ``costs.holding_per_day``.
    minimum : int
        Floor of ``r: auto``, in units.

    Notes
    -----
    G. Hadley and T. M. Whitin, *Analysis of Inventory Systems* (1963), chapter 4. With Poisson demand the
    position is uniform on r + 1 … r + Q.

    Examples
    --------
    >>> rule = RQ(CellFacts.of(1), r=10, Q=20)
    >>> [rule.quantity(ReorderState(index=0, position=p)) for p in (11, 10, -10)]
    [0, 20, 40]
    """

    name: ClassVar[str] = "r_Q"

    def __init__(
        self,
        cells: CellFacts,
        *,
        r: int | Literal["auto"] = "auto",
        Q: int | Literal["auto"] = "auto",
        service: float = 0.95,
        order_cost: float | None = None,
        holding_per_day: float | None = None,
        minimum: int = 0,
    ) -> None:
        super().__init__(cells)
        service, minimum = share("service", service), whole("minimum", minimum, 0)
        points = auto_levels(cells, service, minimum) if r == "auto" else whole("r", r, -LARGEST)
        lots = _auto_lots(cells, order_cost, holding_per_day) if Q == "auto" else whole("Q", Q, 1)
        self.points = per_cell(points, self.cells)
        self.lots = per_cell(lots, self.cells)
        within_reach("r + Q", self.points.astype(np.int64) + self.lots)

    def order_points(self) -> NDArray[np.int32]:
        """Return r of each cell."""
        return self.points.copy()

    def quantity(self, state: ReorderState) -> int:
        """Return the fewest lots that bring the position above r, in units; 0 when it is there already."""
        short = int(self.points[state.index]) - int(state.position)
        if short < 0:
            return 0
        lot = int(self.lots[state.index])
        return (short // lot + 1) * lot

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        """Return the same for each cell of ``state``."""
        short = self.points[state.index] - np.asarray(state.position, np.int64)
        lot = self.lots[state.index].astype(np.int64)
        return np.where(short < 0, 0, (short // lot + 1) * lot)


def _auto_lots(
    cells: CellFacts, order_cost: float | None, holding_per_day: float | None
) -> NDArray[np.int64]:
    if not len(cells):
        return np.zeros(0, np.int64)
    if order_cost is None or holding_per_day is None:
        given = f"order_cost(={order_cost}), holding_per_day(={holding_per_day})"
        raise ValueError(f"Q: auto needs order_cost and holding_per_day, found {given}")
    number("order_cost", order_cost)
    rate = number("holding_per_day", holding_per_day, above=0.0)
    if not cells.unit_cost.min() > 0:
        free = int(np.argmin(cells.unit_cost))
        raise ValueError(f"Q: auto needs a unit cost above 0, found {cells.unit_cost[free]:g} in cell {free}")
    lots = whole_eoq(order_cost, rate * cells.unit_cost, cells.demand_mean)
    within_reach("an automatic Q", lots)
    return lots
