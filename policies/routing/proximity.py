"""Proximity: whoever is nearest."""

from __future__ import annotations

from typing import ClassVar

from policies.kernel import kernel
from policies.routing.base import Decide
from policies.routing.built_in import BuiltIn
from policies.routing.columns import NO_LIMIT, NOWHERE
from policies.routing.fallback import last_resort, shipments_allowed, split
from policies.routing.greedy import sweep
from policies.routing.shipping import NONE, Table, best_whole, send_whole


@kernel
def decide_proximity(
    lines: Table,
    n_lines: int,
    value: int,
    candidates: Table,
    known: int,
    left: Table,
    stock: Table,
    tariff: Table,
    settings: Table,
    plan: Table,
) -> int:
    """Decide by distance; see :mod:`policies.routing.choosing` for what goes in and comes out."""
    c = best_whole(lines, n_lines, candidates, known, left, stock, tariff, settings)
    if c != NONE:
        return c if c < 0 else send_whole(c, lines, n_lines, plan)
    most = shipments_allowed(value, settings)
    if most > 1 and n_lines > 1:
        rows = sweep(lines, n_lines, candidates, left, stock, most, plan)
        if rows != NOWHERE:
            return rows
        rows = split(
            lines, n_lines, candidates, known, left, stock, tariff, settings, most, 1, NO_LIMIT, plan
        )
        if rows != NOWHERE:
            return rows
    return last_resort(lines, n_lines, value, candidates, left, stock, settings, plan)


class Proximity(BuiltIn):
    """The nearest candidate that has everything; else, from the nearest on, each sends what it has.

    Where that takes more than ``max_shipments``, the order goes in the fewest shipments that will do, of these the
    least sum of distances. Parameters as :class:`policies.routing.built_in.BuiltIn`.

    Notes
    -----
    Its candidates come by distance, then transit time, then location number.

    Examples
    --------
    >>> from policies.routing.base import Question, RoutingFacts
    >>> rule = Proximity(RoutingFacts.flat(), max_shipments=3)
    >>> rule.choose(Question.of(units=[1, 1], floors=[5, 8, 20], stock=[[9, 0], [0, 0], [9, 9]]))
    [(2, 0, 1), (2, 1, 1)]
    >>> rule.choose(Question.of(units=[1, 1], floors=[5, 8, 20], stock=[[9, 0], [9, 0], [0, 9]]))
    [(0, 0, 1), (2, 1, 1)]
    """

    name: ClassVar[str] = "proximity"
    code: ClassVar[int] = 0
    decide: ClassVar[Decide | None] = decide_proximity
