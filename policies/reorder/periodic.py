"""Periodic review: order up to a level, but only when the review comes round."""

from __future__ import annotations

from typing import ClassVar, Literal

from policies.reorder.base import CellFacts
from policies.reorder.base_stock import BaseStock


class Periodic(BaseStock):
    """The (R, S) rule: every R days, order what is missing to ``level``.

    The quantities are those of :class:`BaseStock`; what differs is that it has a review period, a day unless
    the scenario says otherwise, and that ``auto`` covers it.

    Parameters
    ----------
    cells : CellFacts
        Their ``review_days`` must be above 0.
    level, service, minimum
        As in :class:`BaseStock`.

    Notes
    -----
    E. A. Silver, D. F. Pyke and D. J. Thomas, *Inventory and Production Management in Supply Chains* (2017),
    section 6.9. Stock ordered at a review must last until what is ordered at the next one has come: R + L.

    Examples
    --------
    >>> daily = CellFacts.of(1, demand_mean=2, lead_time_mean=4, review_days=1)
    >>> Periodic(daily, service=0.95).levels.tolist()
    [15]
    """

    name: ClassVar[str] = "periodic"
    default_review_days: ClassVar[float] = 1.0

    def __init__(
        self,
        cells: CellFacts,
        *,
        level: int | Literal["auto"] = "auto",
        service: float = 0.95,
        minimum: int = 0,
    ) -> None:
        if len(cells) and not cells.review_days.min() > 0:
            raise ValueError(f"review(={cells.review_days.min():g} days) of a periodic rule must be above 0")
        super().__init__(cells, level=level, service=service, minimum=minimum)
