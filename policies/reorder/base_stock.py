"""Base stock: order back up to a level as soon as anything is gone."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import CellFacts, ReorderPolicy, ReorderState, per_cell, share, whole
from policies.reorder.levels import auto_levels


class BaseStock(ReorderPolicy):
    """Order what is missing to ``level`` (S, order-up-to level; one-for-one under continuous review).

    Parameters
    ----------
    cells : CellFacts
        The cells it governs.
    level : int or "auto"
        Inventory position to order up to, in units. ``auto``: the smallest level that demand over lead time
        and review period does not exceed with probability ``service``.
    service : float
        Target of ``auto``, strictly between 0 and 1.
    minimum : int
        Floor of ``auto``, in units.

    Notes
    -----
    P. H. Zipkin, *Foundations of Inventory Management* (2000), section 6.2. By Palm's theorem, with Poisson
    demand λ and lead times of mean L whatever their law, the units on order are Poisson with mean λL.

    Examples
    --------
    λ = 2/d, L = 5 d, S = 14: a demand is met at once when at most 13 are on order, .864464 of the time.

    >>> rule = BaseStock(CellFacts.of(1), level=14)
    >>> rule.quantity(ReorderState(index=0, position=11))
    3
    >>> from math import exp, factorial
    >>> round(sum(exp(-10) * 10**k / factorial(k) for k in range(int(rule.order_points()[0]) + 1)), 6)
    0.864464
    """

    name: ClassVar[str] = "base_stock"

    def __init__(
        self,
        cells: CellFacts,
        *,
        level: int | Literal["auto"] = "auto",
        service: float = 0.95,
        minimum: int = 0,
    ) -> None:
        super().__init__(cells)
        service, minimum = share("service", service), whole("minimum", minimum, 0)
        if level == "auto":
            self.levels = per_cell(auto_levels(cells, service, minimum), self.cells)
        else:
            self.levels = per_cell(whole("level", level, 0), self.cells)

    def order_points(self) -> NDArray[np.int32]:
        """Return one less than the level of each cell."""
        return self.levels - np.int32(1)

    def quantity(self, state: ReorderState) -> int:
        """Return level - position, or 0."""
        return max(0, int(self.levels[state.index]) - int(state.position))

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        """Return level - position, or 0, for each cell of ``state``."""
        missing = np.subtract(self.levels[state.index], state.position, dtype=np.int64)
        return np.maximum(missing, 0, out=missing)
