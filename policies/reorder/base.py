"""The seam of every reorder rule: facts about the cells in, the state of the record in, whole units out.

A *cell* is a stocked (location, SKU) pair. A rule is built once for the cells it governs and is then asked,
one cell at a time or many at once, how much to order. Both ways decide alike.
"""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

NEVER = -(2**31)
"""Order point of a cell for which nothing is ever ordered."""

ALWAYS = 2**31 - 1
"""Order point of a cell whose rule must be asked whenever its record changes."""

LARGEST = 100_000_000
"""Most units of a cell that a rule may aim at: a day's sum of units over time stays within 64 bits."""

Facts = NDArray[np.floating[Any]]
Whole = int | NDArray[np.integer[Any]]


@dataclass(frozen=True)
class CellFacts:
    """What a rule may know about its cells before the first decision; arrays of one length.

    Attributes
    ----------
    demand_mean, demand_variance : array of float, shape (n,)
        Mean (units per day) and variance (units² per day) of demand.
    lead_time_mean, lead_time_variance : array of float, shape (n,)
        Of the time from order to receipt, in days and days².
    review_days : array of float, shape (n,)
        Days between reviews; 0 where every change of the record is a review.
    unit_cost, price : array of float, shape (n,)
        In the scenario's currency.

    Notes
    -----
    A fact that is the same for all cells may be a broadcast view (:meth:`of` makes them) and then takes no
    memory.
    """

    demand_mean: Facts
    demand_variance: Facts
    lead_time_mean: Facts
    lead_time_variance: Facts
    review_days: Facts
    unit_cost: Facts
    price: Facts

    def __post_init__(self) -> None:
        n = len(self.demand_mean)
        for field in fields(self):
            values = getattr(self, field.name)
            if values.shape != (n,):
                raise ValueError(f"{field.name} has shape {values.shape}, expected ({n},) as demand_mean has")
            once = values[:1] if values.strides == (0,) else values  # a broadcast view holds one number
            fits = np.isfinite(once) & (once >= 0)
            if not fits.all():
                worst = once[~fits][0]
                raise ValueError(f"{field.name}(={worst}) must be a number >= 0")

    def __len__(self) -> int:
        return len(self.demand_mean)

    @classmethod
    def of(
        cls,
        n: int,
        *,
        demand_mean: ArrayLike = 0.0,
        demand_variance: ArrayLike | None = None,
        lead_time_mean: ArrayLike = 0.0,
        lead_time_variance: ArrayLike = 0.0,
        review_days: ArrayLike = 0.0,
        unit_cost: ArrayLike = 0.0,
        price: ArrayLike = 0.0,
    ) -> CellFacts:
        """Build the facts of ``n`` cells from numbers (the same for all) or arrays.

        Without ``demand_variance`` demand is taken to be Poisson: the variance is the mean.

        Examples
        --------
        >>> CellFacts.of(3, demand_mean=2, lead_time_mean=5).demand_variance.tolist()
        [2.0, 2.0, 2.0]
        """
        variance = demand_mean if demand_variance is None else demand_variance
        given = (demand_mean, variance, lead_time_mean, lead_time_variance, review_days, unit_cost, price)
        return cls(*(np.broadcast_to(np.asarray(value, dtype=np.float64), (n,)) for value in given))


@dataclass(frozen=True)
class ReorderState:
    """What the record says of a cell (integers) or of many (integer arrays of one length), in whole units.

    Attributes
    ----------
    index : int or array
        Which of the rule's cells: its place in the :class:`CellFacts` the rule was built with.
    position : int or array
        Inventory position: on hand + inbound - committed - backordered.
    on_hand, inbound, backordered : int or array
        Parts of the position, for rules that look deeper.
    """

    index: Whole
    position: Whole
    on_hand: Whole = 0
    inbound: Whole = 0
    backordered: Whole = 0

    def each(self) -> list[ReorderState]:
        """Split a state of many cells into one per cell."""
        parts = (getattr(self, field.name) for field in fields(self))
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part)) for part in parts))
        return [ReorderState(*(int(value) for value in row)) for row in zip(*columns, strict=True)]


class ReorderPolicy(ABC):  # noqa: B024 - either of two methods will do, see __init_subclass__
    """A reorder rule. Write :meth:`quantity`, or :meth:`quantities` where speed matters; the other follows.

    A rule is pure: the answer depends on the state handed in and on what the rule was built with, never on
    what it was asked before. Pack sizes and minimum order quantities are not its business
    (:mod:`policies.reorder.terms`).

    A subclass is constructed as ``Rule(cells, **parameters)``; its keyword parameters, their annotations and
    defaults are the parameters that a scenario may give beside ``use``. ``use`` names a subclass by import
    path: ``"acme.policies:OurRule"``.

    Examples
    --------
    >>> class KeepTen(ReorderPolicy):
    ...     def quantity(self, state: ReorderState) -> int:
    ...         return max(0, 10 - int(state.position))
    >>> rule = KeepTen(CellFacts.of(2))
    >>> rule.quantities(ReorderState(index=np.array([0, 1]), position=np.array([4, 12]))).tolist()
    [6, 0]
    """

    name: ClassVar[str] = ""
    """What a scenario calls it after ``use:``."""

    default_review_days: ClassVar[float] = 0.0
    """Days between reviews where the scenario names none; 0 is continuous review."""

    def __init__(self, cells: CellFacts) -> None:
        self.cells = len(cells)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.quantity is ReorderPolicy.quantity and cls.quantities is ReorderPolicy.quantities:
            raise TypeError(f"{cls.__name__} must define quantity or quantities")

    def order_points(self) -> NDArray[np.int32]:
        """Return, per cell, the highest inventory position at which the rule would order, shape (n,).

        Continuous review asks a rule only at or below its order point. A rule that does not know one answers
        ``ALWAYS`` and is asked each time; ``NEVER`` stands for a cell that is not replenished.
        """
        return np.full(self.cells, ALWAYS, dtype=np.int32)

    def quantity(self, state: ReorderState) -> int:
        """Return the whole units to order now for one cell; 0 for none."""
        one = ReorderState(*(np.asarray([getattr(state, field.name)]) for field in fields(state)))
        return int(self.quantities(one)[0])

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        """Return the whole units to order now for each cell of ``state``, in its order."""
        return np.array([self.quantity(one) for one in state.each()], dtype=np.int64)


def per_cell(values: ArrayLike, n: int) -> NDArray[np.int32]:
    """Return ``values`` (one for all, or one per cell) as a read-only view of shape (n,)."""
    array = np.broadcast_to(np.asarray(values, dtype=np.int32), (n,))
    array.flags.writeable = False
    return array


def whole(name: str, value: int, lowest: int) -> int:
    """Return a parameter that must be an integer from ``lowest`` to ``LARGEST``; ValueError echoing it otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < lowest:
        raise ValueError(f"{name}(={value!r}) must be a whole number >= {lowest}")
    if value > LARGEST:
        raise ValueError(f"{name}(={value!r}) must be at most {LARGEST:,} units a cell")
    return int(value)


def within_reach(name: str, units: NDArray[np.integer[Any]]) -> None:
    """ValueError where parameters that are each in order make more than ``LARGEST`` units of a cell."""
    if units.size and units.max() > LARGEST:
        raise ValueError(f"{name} of {units.max():,} units: a cell may have at most {LARGEST:,}")


def number(name: str, value: float, *, above: float | None = None) -> float:
    """Return a parameter that must be a number >= 0 (or > ``above``); ValueError echoing it otherwise."""
    wanted = "a number >= 0" if above is None else f"a number > {above:g}"
    fits = isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool)
    if not fits or not np.isfinite(value) or (value < 0 if above is None else value <= above):
        raise ValueError(f"{name}(={value!r}) must be {wanted}")
    return float(value)


def share(name: str, value: float) -> float:
    """Return a parameter that must lie strictly between 0 and 1; ValueError echoing it otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating)) or not 0 < value < 1:
        raise ValueError(f"{name}(={value!r}) must be strictly between 0 and 1")
    return float(value)
