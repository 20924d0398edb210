"""Where a replication's web carts come from: drawn or replayed some days at a time, in the order in which they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.demand.web.rows import CART, DELIVERED, WANTED
from twin.demand.web.streams import CartPlan

__all__ = ["CART", "DELIVERED", "WANTED", "Carts"]


class Carts:
    """The carts of one replication, a stretch of days at a time."""

    def __init__(self, plan: CartPlan, seed: int, replication: int, start_us: int) -> None:
        raise NotImplementedError

    def next_stretch(self, first_day: int, days: int) -> tuple[NDArray[np.void], NDArray[np.void]]:
        """Carts and lines of a stretch; the arrays are overwritten by the next one."""
        raise NotImplementedError
