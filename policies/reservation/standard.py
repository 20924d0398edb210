"""The standard reservation rule: carts may overbook a little, orders never do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from policies.kernel import Kernel
from policies.reservation.base import (
    HOUR,
    MINUTE,
    Promise,
    ReservationFacts,
    ReservationPolicy,
    Wanted,
    limit_of,
)
from policies.reservation.deciding import GRANTED, NO_LIMIT, REFUSED, hold_standard, promise_standard
from policies.reservation.stock import BASIS_POINTS


class Standard(ReservationPolicy):
    """Soft holds up to what is there and a little more; hard reservations of all lines or none, from what is there.

    Parameters
    ----------
    facts : ReservationFacts
        Whether to backorder, and whether carts are honoured.
    soft_ttl, hard_ttl : int
        How long a hold and a reservation last, µs, > 0.
    oversell : float
        By what share carts may exceed what is there, from 0 to 1; kept in whole basis points.
    partial : bool
        Whether an order may be promised in part: whole lines, never part of one.
    backorder_limit : int, optional
        Units of a cell that may be promised without stock, >= 0, where the scenario backorders at all. Left out:
        any number.

    Examples
    --------
    Ten units and fifteen simultaneous carts: eleven holds; the first ten to check out get the units, the eleventh
    none.

    >>> rule, soft, reserved = Standard(ReservationFacts()), 0, 0
    >>> for cart in range(15):
    ...     soft += rule.hold(Wanted(cell=0, units=1, free=10, soft=soft))
    >>> for cart in range(soft):
    ...     reserved += rule.promise([Wanted(cell=0, units=1, free=10 - reserved)]).outcome == GRANTED
    >>> soft, reserved
    (11, 10)
    """

    name: ClassVar[str] = "standard"
    code: ClassVar[int] = 0
    decide_hold: ClassVar[Kernel[..., int] | None] = hold_standard
    decide_promise: ClassVar[Kernel[..., int] | None] = promise_standard

    def __init__(
        self,
        facts: ReservationFacts,
        *,
        soft_ttl: int = 30 * MINUTE,
        hard_ttl: int = 48 * HOUR,
        oversell: float = 0.10,
        partial: bool = False,
        backorder_limit: int | None = None,
    ) -> None:
        super().__init__(facts)
        self.soft_ttl, self.hard_ttl = _whole("soft_ttl", soft_ttl, 1), _whole("hard_ttl", hard_ttl, 1)
        limit = None if backorder_limit is None else _whole("backorder_limit", backorder_limit, 0)
        points = _basis_points("oversell", oversell)
        most = limit_of(facts.backorders, limit)
        self.settings = np.array([points, bool(partial), most, facts.honours_soft], np.int64)

    def hold(self, wanted: Wanted) -> bool:
        """Whether carts, this one included, stay within what is there and the share above it."""
        settings: Any = memoryview(self.settings)  # type: ignore[arg-type]  # an array is a buffer
        answer = hold_standard(wanted.units, wanted.free, wanted.safety, wanted.soft, settings)
        return answer == GRANTED

    def promise(self, lines: Sequence[Wanted]) -> Promise:
        """Return what the order is promised: each line from stock or, where allowed, without."""
        names = ("cell", "units", "free", "safety", "soft", "backordered")
        cells, units, free, safety, soft, backordered = (
            _column([getattr(line, name) for line in lines]) for name in names
        )
        outcome = _column([REFUSED] * len(lines))
        settings: Any = memoryview(self.settings)  # type: ignore[arg-type]
        answer = promise_standard(
            len(lines), cells, units, free, safety, soft, backordered, settings, outcome
        )
        return Promise(answer, tuple(outcome))


def _column(values: list[int]) -> Any:
    """A list stands in for an array where a kernel runs as plain Python, and is faster there."""
    return values


def _whole(name: str, value: int, lowest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not lowest <= value < NO_LIMIT:
        raise ValueError(f"{name}(={value!r}) must be a whole number >= {lowest}")
    return int(value)


def _basis_points(name: str, value: float) -> int:
    fits = isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool)
    if not fits or not 0 <= value <= 1:
        raise ValueError(f"{name}(={value!r}) must be a share from 0 to 1")
    return math.floor(value * BASIS_POINTS + 0.5)
