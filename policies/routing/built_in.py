"""What the built-in routing rules share: their parameters, and the way from a question to their kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.routing.base import Plan, Question, RoutingFacts, RoutingPolicy
from policies.routing.columns import MILLIONTHS, NO_LIMIT, SPLIT_LINES

MOST_MONEY = 1e9  # sums of scores stay far from what 64 bits hold


class BuiltIn(RoutingPolicy):
    """A rule that is a kernel with settings.

    Parameters
    ----------
    facts : RoutingFacts
        Tariff and weight steps.
    max_shipments : int, optional
        Shipments an order may be split into, >= 1. Left out: any number.
    split_penalty : float, optional
        Added for each shipment beyond the first, in the currency, >= 0; a rule by distance has no use for it. A
        scenario that leaves it out means its ``costs.split``.
    split_min_value : float
        An order that is worth less is never split; in the currency, >= 0.
    split_lines : bool
        Whether a line may be cut where no plan of whole lines is found.
    reject_cooldown : int
        Time for which a cell that rejected an order is left out, µs; the caller does so
        (:func:`policies.routing.filters.excluded`).

    Attributes
    ----------
    settings : array of int
        The parameters as the kernel takes them; columns ``MAX_SHIPMENTS`` to ``STEP_GRAMS``.
    tariff : array of int, shape (bands, steps)
        What the kernel adds by weight; 0 for a rule by distance.
    """

    def __init__(
        self,
        facts: RoutingFacts,
        *,
        max_shipments: int | None = None,
        split_penalty: float | None = None,
        split_min_value: float = 0.0,
        split_lines: bool = False,
        reject_cooldown: int = 0,
    ) -> None:
        super().__init__(facts)
        self.max_shipments = NO_LIMIT if max_shipments is None else _whole("max_shipments", max_shipments, 1)
        self.reject_cooldown = _whole("reject_cooldown", reject_cooldown, 0)
        penalty = _money("split_penalty", 0.0 if split_penalty is None else split_penalty)
        worth = _money("split_min_value", split_min_value)
        cut = int(bool(split_lines))
        self.settings = np.array([self.max_shipments, penalty, worth, cut, facts.step_grams], np.int64)
        weightless = self.sorts_by == "distance"
        free = np.zeros((len(facts.tariff), 1), np.int64)
        self.tariff = free if weightless else np.ascontiguousarray(facts.tariff)

    def plan_rows(self, n_lines: int, n_candidates: int) -> int:
        """Return how many rows a plan can have."""
        return n_lines * max(1, n_candidates) if self.settings[SPLIT_LINES] else n_lines

    def choose(self, question: Question) -> Plan:
        """Return who ships what: what the compiled form decides, bit for bit."""
        assert self.decide is not None
        n, m = question.n_lines, question.n_candidates
        plan: NDArray[np.int64] = np.empty((self.plan_rows(n, m), 3), np.int64)
        rows = self.decide.plain(
            _view(question.lines), n, question.value, _view(question.candidates), m, _view(question.left),
            _view(question.stock), _view(self.tariff), _view(self.settings), _view(plan),
        )  # fmt: skip
        return [(row[0], row[1], row[2]) for row in plan[: max(0, rows)].tolist()]


def _view(table: Any) -> Any:
    """A memory view: its elements are Python's integers, and several times faster to read than an array's."""
    return memoryview(table)


def _whole(name: str, value: int, lowest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not lowest <= value < NO_LIMIT:
        raise ValueError(f"{name}(={value!r}) must be a whole number >= {lowest}")
    return int(value)


def _money(name: str, value: float) -> int:
    """An amount of money, in millionths."""
    fits = isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool)
    if not fits or not math.isfinite(value) or not 0 <= value <= MOST_MONEY:
        raise ValueError(f"{name}(={value!r}) must be a number >= 0 and at most {MOST_MONEY:g}")
    return math.floor(value * MILLIONTHS + 0.5)
