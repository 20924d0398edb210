"""The seam of every routing rule: an order and its candidates in, who ships what out.

A caller looks up what the record says of the candidates of the order's zone (they come sorted, once and for all)
and asks. The plain form, :meth:`RoutingPolicy.choose`, takes a :class:`Question`; the compiled one, ``decide``,
the same tables as arrays, with one signature for all rules.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.kernel import Kernel
from policies.routing.columns import (
    LOCATION,
    NO_LIMIT,
    ORDERS_LEFT,
    UNITS,
    UNITS_LEFT,
)

Row = tuple[int, int, int]
Plan = list[Row]
"""Rows of (candidate, line, units), the rows of one shipment together; empty: nobody can fill the order."""

Decide = Kernel[..., int]

CALLBACK = -1
"""Code of a rule that has no compiled form among the built-ins: it is asked in Python."""


class Unroutable(ValueError):
    """A rule answered with a plan that cannot be carried out."""


@dataclass(frozen=True, eq=False)
class RoutingFacts:
    """What a rule may know before its first decision.

    Attributes
    ----------
    tariff : array of int, shape (bands, steps)
        What a shipment scores above the lightest one, in millionths of the currency, by the candidate's band and
        begun weight step; see :func:`policies.routing.shipping.surcharge`.
    step_grams : int
        Width of a weight step.
    locations : tuple of str
        Ids by location number, for rules that go by them.
    """

    tariff: NDArray[np.int64]
    step_grams: int = 1000
    locations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.tariff.ndim != 2 or not self.tariff.size or self.tariff.dtype != np.int64:
            raise ValueError(
                f"tariff has shape {self.tariff.shape} of {self.tariff.dtype}, expected (bands, steps) of int64"
            )
        if (self.tariff[:, 0] != 0).any() or (np.diff(self.tariff, axis=1) < 0).any():
            raise ValueError("tariff must begin with 0 and not fall with weight")
        if self.step_grams < 1:
            raise ValueError(f"step_grams(={self.step_grams}) must be >= 1")

    @classmethod
    def flat(cls) -> RoutingFacts:
        """Weight costs nothing: what a textbook model has."""
        return cls(np.zeros((1, 1), np.int64))


@dataclass(slots=True, eq=False)
class Question:
    """One order, and where it may come from.

    The tables are arrays of 64-bit integers or memory views of such, with the columns of
    :mod:`policies.routing.columns`. Those that a caller fills anew for each order may have more rows and columns than
    are meant. A rule only reads them, and only while it is asked: a run has one question for all orders. There the methods
    look up no more candidates than they are asked about, while whoever reads ``left`` or ``stock`` has all looked up.

    Attributes
    ----------
    lines : shape (>= n_lines, 3)
        Units, grams and grams by volume of each line; no two lines of one SKU.
    n_lines : int
        How many there are.
    value : int
        What the order is worth, millionths of the currency.
    candidates : shape (candidates, 3)
        Floor (least score of a shipment from there), band and location number; by ascending floor.
    left : shape (>= candidates, 2)
        Orders and units that each can still take on today.
    stock : shape (>= candidates, >= n_lines)
        Units that each may promise of each line: 0 where it has none, does not range it, or rejected it lately.

    Examples
    --------
    >>> question = Question.of(units=[2, 1], floors=[4, 9], stock=[[2, 0], [5, 5]])
    >>> question.whole(0), question.whole(1), question.all_from(1)
    (False, True, [(1, 0, 2), (1, 1, 1)])
    """

    lines: Any
    n_lines: int
    value: int
    candidates: Any
    left: Any
    stock: Any

    @classmethod
    def of(
        cls,
        units: Sequence[int],
        floors: Sequence[int],
        stock: ArrayLike,
        *,
        grams: Sequence[int] | None = None,
        volume_grams: Sequence[int] | None = None,
        value: int = 0,
        bands: Sequence[int] | None = None,
        locations: Sequence[int] | None = None,
        orders_left: Sequence[int] | None = None,
        units_left: Sequence[int] | None = None,
    ) -> Question:
        """Build a question from columns; what is left out is 0, numbered from 0, or without limit."""
        n, m = len(units), len(floors)
        nothing, free = [0] * n, [NO_LIMIT] * m
        lines = np.array([units, grams or nothing, volume_grams or nothing], np.int64).T
        candidates = np.array([floors, bands or [0] * m, locations or range(m)], np.int64).T
        left = np.array([orders_left or free, units_left or free], np.int64).T
        table = np.asarray(stock, np.int64).reshape(m, n)
        tables = [np.ascontiguousarray(each) for each in (lines, candidates, left, table)]
        return cls(tables[0], n, value, *tables[1:])

    @property
    def n_candidates(self) -> int:
        """How many candidates there are."""
        return len(self.candidates)

    def units(self, line: int) -> int:
        """Return the units wanted of a line."""
        return int(self.lines[line, UNITS])

    def location(self, candidate: int) -> int:
        """Return the location number of a candidate."""
        return int(self.candidates[candidate, LOCATION])

    def has(self, candidate: int, line: int) -> bool:
        """Whether a candidate may promise a whole line."""
        return bool(self.stock[candidate, line] >= self.lines[line, UNITS])

    def takes(self, candidate: int, units: int) -> bool:
        """Whether a candidate can take on one more shipment, of so many units."""
        return bool(
            self.left[candidate, ORDERS_LEFT] > 0 and units <= self.left[candidate, UNITS_LEFT]
        )

    def whole(self, candidate: int) -> bool:
        """Whether a candidate can send the whole order in one shipment."""
        units = 0
        for line in range(self.n_lines):
            wanted = self.lines[line, UNITS]
            if self.stock[candidate, line] < wanted:
                return False
            units += wanted
        return self.takes(candidate, units)

    def all_from(self, candidate: int) -> Plan:
        """Return the plan that sends the whole order from one candidate."""
        return [(candidate, line, int(self.lines[line, UNITS])) for line in range(self.n_lines)]

    def gave(self, plan: object) -> bool:
        """Whether a plan is known to be good: it is what :meth:`all_from` returned last, from one that can send it.

        False where that is not known. A caller that asks often may know, and spare itself the checks.
        """
        return False

    def each_from(self, candidates: Sequence[int]) -> Plan:
        """Return the plan that sends each line whole from the candidate given for it."""
        rows = sorted((int(c), line) for line, c in enumerate(candidates))
        return [(c, line, int(self.lines[line, UNITS])) for c, line in rows]


class RoutingPolicy(ABC):
    """A routing rule. Write :meth:`choose`.

    A rule is pure: the plan depends on the question and on what the rule was built with, never on what it was
    asked before. It may leave an order unfilled, but never send more than there is.

    A subclass is constructed as ``Rule(facts, **parameters)``; its keyword parameters, their annotations and
    defaults are the parameters that a scenario may give beside ``use``.

    Examples
    --------
    >>> class NearestOrNone(RoutingPolicy):
    ...     def choose(self, question: Question) -> Plan:
    ...         for candidate in range(question.n_candidates):
    ...             if question.whole(candidate):
    ...                 return question.all_from(candidate)
    ...         return []
    >>> NearestOrNone(RoutingFacts.flat()).choose(Question.of([1], [3, 5], [[0], [1]]))
    [(1, 0, 1)]
    """

    name: ClassVar[str] = ""
    """What a scenario calls it after ``use:``."""

    code: ClassVar[int] = CALLBACK
    """Which compiled rule decides alike (:mod:`policies.routing.choosing`), or ``CALLBACK``."""

    sorts_by: ClassVar[Literal["distance", "cost"]] = "distance"
    """What the floors of its candidates are: metres, or millionths of the currency."""

    decide: ClassVar[Decide | None] = None
    """The compiled form, a kernel of the signature :data:`policies.routing.columns.SIGNATURE`."""

    max_shipments: int = NO_LIMIT
    """Shipments that an order may be split into."""

    reject_cooldown: int = 0
    """Time for which the caller leaves out a cell that rejected an order, µs."""

    def __init__(self, facts: RoutingFacts) -> None:
        self.facts = facts

    @abstractmethod
    def choose(self, question: Question) -> Plan:
        """Return who ships what; an empty plan where the order cannot be filled."""
