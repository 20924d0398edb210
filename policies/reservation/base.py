"""The seam of every reservation rule: what a cart may hold, what an order is promised, and for how long.

A rule is asked about cells by what the record has of them. It changes nothing: whoever asked begins and ends the
reservations (:mod:`policies.reservation.life`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from policies.kernel import Kernel
from policies.reservation.deciding import NO_LIMIT

CALLBACK = -1
"""Code of a rule that has no compiled form among the built-ins: it is asked in Python."""

MINUTE = 60_000_000  # µs
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class ReservationFacts:
    """What the scenario says besides the rule.

    Attributes
    ----------
    backorders : bool
        Whether web demand that stock cannot meet may be promised all the same (``unmet: {web: backorder}``).
    honours_soft : bool
        Whether an order leaves to the carts of others what these hold.
    """

    backorders: bool = False
    honours_soft: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of an order, and what the record has of the cell it is to come from.

    Attributes
    ----------
    cell : int
        Number of the cell.
    units : int
        Wanted.
    free, safety, soft, backordered : int
        Of the cell: available and not owed to those who wait already, held back from the channel, in the carts of
        others, promised without stock.
    """

    cell: int
    units: int
    free: int
    safety: int = 0
    soft: int = 0
    backordered: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """What an order is promised.

    Attributes
    ----------
    outcome : int
        ``GRANTED``, ``BACKORDERED``, ``PARTLY`` or ``REFUSED`` (:mod:`policies.reservation.deciding`).
    lines : tuple of int
        The same by line; ``REFUSED`` for all where the order is refused.
    """

    outcome: int
    lines: tuple[int, ...]


class ReservationPolicy(ABC):
    """A reservation rule. Write :meth:`hold` and :meth:`promise`.

    A rule is pure: the answer depends on what is handed in and on what the rule was built with. A subclass is
    constructed as ``Rule(facts, **parameters)``.
    """

    name: ClassVar[str] = ""
    """What a scenario calls it after ``use:``."""

    code: ClassVar[int] = CALLBACK
    """Which compiled rule decides alike, or ``CALLBACK``."""

    decide_hold: ClassVar[Kernel[..., int] | None] = None
    """Compiled :meth:`hold`, of :data:`policies.reservation.deciding.HOLD_SIGNATURE`."""

    decide_promise: ClassVar[Kernel[..., int] | None] = None
    """Compiled :meth:`promise`, of :data:`policies.reservation.deciding.PROMISE_SIGNATURE`."""

    soft_ttl: int = 30 * MINUTE
    """How long a cart's hold lasts, µs."""

    hard_ttl: int = 48 * HOUR
    """How long an order's reservation lasts unless it ships, µs from allocation."""

    def __init__(self, facts: ReservationFacts) -> None:
        self.facts = facts

    @abstractmethod
    def hold(self, wanted: Wanted) -> bool:
        """Whether a cart may hold that many units; False: tell the customer that stock is limited."""

    @abstractmethod
    def promise(self, lines: Sequence[Wanted]) -> Promise:
        """Return what an order is promised."""


def limit_of(backorders: bool, backorder_limit: int | None) -> int:
    """Return the units of a cell that may be promised without stock.

    Examples
    --------
    >>> limit_of(False, 8), limit_of(True, 8), limit_of(True, None) == NO_LIMIT
    (0, 8, True)
    """
    if not backorders:
        return 0
    return NO_LIMIT if backorder_limit is None else backorder_limit
