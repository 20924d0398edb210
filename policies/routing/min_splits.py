"""Fewest shipments first, then cost."""

from __future__ import annotations

from typing import ClassVar, Literal

from policies.kernel import kernel
from policies.routing.base import Decide
from policies.routing.built_in import BuiltIn
from policies.routing.columns import NO_LIMIT, NOWHERE
from policies.routing.fallback import last_resort, shipments_allowed, split
from policies.routing.shipping import NONE, Table, best_whole, send_whole


@kernel
def decide_min_splits(
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
    """Decide by number of shipments; see :mod:`policies.routing.choosing` for what goes in and comes out."""
    c = best_whole(lines, n_lines, candidates, known, left, stock, tariff, settings)
    if c != NONE:
        return c if c < 0 else send_whole(c, lines, n_lines, plan)
    most = shipments_allowed(value, settings)
    rows = split(lines, n_lines, candidates, known, left, stock, tariff, settings, most, 1, NO_LIMIT, plan)
    if rows != NOWHERE:
        return rows
    return last_resort(lines, n_lines, value, candidates, left, stock, settings, plan)


class MinSplits(BuiltIn):
    """The fewest shipments; of the plans with so many, the one that costs least.

    Exact for orders of up to four lines; longer ones are split greedily, the most lines first. Parameters as
    :class:`policies.routing.built_in.BuiltIn`.

    Examples
    --------
    The nearest has two lines of three, but the other two candidates together have all:

    >>> from policies.routing.base import Question, RoutingFacts
    >>> stock = [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]]
    >>> MinSplits(RoutingFacts.flat()).choose(Question.of([1, 1, 1], [1, 2, 8, 9], stock))
    [(2, 0, 1), (2, 1, 1), (3, 2, 1)]
    """

    name: ClassVar[str] = "min_splits"
    code: ClassVar[int] = 2
    sorts_by: ClassVar[Literal["distance", "cost"]] = "cost"
    decide: ClassVar[Decide | None] = decide_min_splits
