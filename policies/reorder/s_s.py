"""(s, S): when the position falls to s, order up to S."""

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
from policies.reorder.levels import auto_levels


class SS(ReorderPolicy):
    """At a position of ``s`` or below, order up to ``S``.

    Parameters
    ----------
    cells : CellFacts
        The cells it governs.
    s : int or "auto"
        Reorder point, in units; may be negative. ``auto``: the smallest that demand over lead time and review
        period does not exceed with probability ``service``.
    S : int or "auto"
        Order-up-to level, in units, above s. ``auto``: s and ``cover_days`` of mean demand, rounded up, at
        least one unit.
    order_at : "<=" or "<"
        Whether it orders at s already or only below it; texts differ.
    service : float
        Target of ``s: auto``, strictly between 0 and 1.
    cover_days : float
        Days of mean demand in one order, for ``S: auto``.
    minimum : int
        Floor of ``s: auto``, in units.

    Notes
    -----
    H. Scarf, "The optimality of (S, s) policies in the dynamic inventory problem" (1960).

    Examples
    --------
    >>> rule = SS(CellFacts.of(1), s=4, S=10)
    >>> [rule.quantity(ReorderState(index=0, position=p)) for p in (5, 4, -2)]
    [0, 6, 12]
    >>> SS(CellFacts.of(1), s=4, S=10, order_at="<").quantity(ReorderState(index=0, position=4))
    0
    """

    name: ClassVar[str] = "s_S"

    def __init__(
        self,
        cells: CellFacts,
        *,
        s: int | Literal["auto"] = "auto",
        S: int | Literal["auto"] = "auto",
        order_at: Literal["<=", "<"] = "<=",
        service: float = 0.95,
        cover_days: float = 7.0,
        minimum: int = 0,
    ) -> None:
        super().__init__(cells)
        service, minimum = share("service", service), whole("minimum", minimum, 0)
        if order_at not in ("<=", "<"):
            raise ValueError(f"order_at(={order_at!r}) must be '<=' or '<'")
        points = auto_levels(cells, service, minimum) if s == "auto" else whole("s", s, -LARGEST)
        s_values = per_cell(points, self.cells)
        targets = _auto_targets(cells, s_values, cover_days) if S == "auto" else whole("S", S, -LARGEST)
        self.targets = per_cell(targets, self.cells)
        if self.cells and not (self.targets > s_values).all():
            cell = int(np.argmin(self.targets > s_values))
            raise ValueError(f"S(={self.targets[cell]}) must be above s(={s_values[cell]}), in cell {cell}")
        if s != "auto" and S != "auto" and whole("S", S, -LARGEST) <= whole("s", s, -LARGEST):
            raise ValueError(f"S(={S}) must be above s(={s})")
        self.points = s_values if order_at == "<=" else per_cell(s_values - np.int32(1), self.cells)

    def order_points(self) -> NDArray[np.int32]:
        """Return s of each cell, or one less when it orders only below s."""
        return self.points.copy()

    def quantity(self, state: ReorderState) -> int:
        """Return S - position at or below the order point, else 0."""
        position = int(state.position)
        if position > int(self.points[state.index]):
            return 0
        return int(self.targets[state.index]) - position

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        """Return the same for each cell of ``state``."""
        position = np.asarray(state.position, np.int64)
        return np.where(position > self.points[state.index], 0, self.targets[state.index] - position)


def _auto_targets(cells: CellFacts, points: NDArray[np.int32], cover_days: float) -> NDArray[np.int64]:
    # A hair less than the product: 0.1 a day for 30 days is 3 units, whatever the rounding of a double says.
    cover = np.ceil(cells.demand_mean * number("cover_days", cover_days) * (1.0 - 1e-9))
    targets: NDArray[np.int64] = points + np.clip(cover, 1.0, 1e15).astype(np.int64)
    within_reach("an automatic S", targets)
    return targets
