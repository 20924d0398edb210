"""Let any class with the right methods be a reorder rule."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import CellFacts, ReorderPolicy, ReorderState


class Own(ReorderPolicy):
    """A rule of somebody's own that does not inherit from :class:`ReorderPolicy`.

    Parameters
    ----------
    rule : object
        With a method ``quantity(state)`` or ``quantities(state)``, or both, and perhaps ``order_points()``.
    cells : CellFacts
        The cells it governs.

    Examples
    --------
    >>> class KeepTen:
    ...     def quantity(self, state):
    ...         return max(0, 10 - state.position)
    >>> Own(KeepTen(), CellFacts.of(1)).quantities(ReorderState(np.array([0]), np.array([4]))).tolist()
    [6]
    """

    def __init__(self, rule: Any, cells: CellFacts) -> None:
        super().__init__(cells)
        self.rule = rule

    def order_points(self) -> NDArray[np.int32]:
        """Return the rule's own order points, or ``ALWAYS`` where it has none."""
        if not hasattr(self.rule, "order_points"):
            return super().order_points()
        return np.array(self.rule.order_points(), dtype=np.int32)

    def quantity(self, state: ReorderState) -> int:
        """Return what the rule orders for one cell."""
        if hasattr(self.rule, "quantity"):
            return int(self.rule.quantity(state))
        return super().quantity(state)

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        """Return what the rule orders for each cell of ``state``."""
        if hasattr(self.rule, "quantities"):
            return np.array(self.rule.quantities(state), dtype=np.int64)
        return super().quantities(state)
