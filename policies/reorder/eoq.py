"""The economic order quantity: how much at a time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.reorder.base import number


def eoq(order_cost: float, holding: float, demand: float) -> tuple[float, float]:
    """Return the economic order quantity and its cost.

    Parameters
    ----------
    order_cost : float
        K, money per order, >= 0.
    holding : float
        h, money per unit and unit of time, > 0.
    demand : float
        λ, units per unit of time, >= 0.

    Returns
    -------
    quantity, cost : float
        Q* = sqrt(2Kλ/h) units, and sqrt(2Kλh) money per unit of time for ordering and holding.

    Raises
    ------
    ValueError
        A cost or rate out of range.

    Notes
    -----
    F. W. Harris, "How many parts to make at once", Factory 10 (1913).

    Examples
    --------
    Snyder and Shen, *Fundamentals of Supply Chain Theory*, example 3.1:

    >>> quantity, cost = eoq(order_cost=8, holding=0.225, demand=1300)
    >>> round(quantity, 3), round(cost, 4)
    (304.047, 68.4105)

    18,250 a year, 50 an order, 2 a unit and year:

    >>> round(eoq(order_cost=50, holding=2, demand=18_250)[0])
    955
    """
    spending = 2.0 * number("order_cost", order_cost) * number("demand", demand)
    rate = number("holding", holding, above=0.0)
    return math.sqrt(spending / rate), math.sqrt(spending * rate)


def whole_eoq(order_cost: float, holding: ArrayLike, demand: ArrayLike) -> NDArray[np.int64]:
    """Return the best whole order quantity of each cell, at least 1.

    Parameters
    ----------
    order_cost : float
        Money per order, >= 0.
    holding : array of float, shape (n,)
        Money per unit and day, > 0.
    demand : array of float, shape (n,)
        Units per day, >= 0.

    Notes
    -----
    Cost is convex in Q, and Q beats Q + 1 when Q(Q + 1) >= 2Kλ/h = Q*²: the smallest such Q is best.

    Examples
    --------
    >>> whole_eoq(8, [0.225, 0.225], [1300, 0]).tolist()
    [304, 1]
    """
    cost = number("order_cost", order_cost)
    rates, demands = np.broadcast_arrays(np.asarray(holding, np.float64), np.asarray(demand, np.float64))
    if rates.size and not rates.min() > 0:
        raise ValueError(f"holding(={rates.min():g}) must be a number > 0")
    square = 2.0 * cost * demands / rates
    best: NDArray[np.float64] = np.maximum(np.ceil(np.sqrt(square + 0.25) - 0.5), 1.0)
    return np.minimum(best, 1e15).astype(np.int64)
