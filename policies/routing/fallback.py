"""What the rules do alike: the fewest shipments, and cutting lines where nothing else helps."""

from __future__ import annotations

from policies.kernel import kernel
from policies.routing.columns import MAX_SHIPMENTS, NOWHERE, SPLIT_LINES, SPLIT_MIN_VALUE
from policies.routing.exact import EXACT_LINES, split_exactly
from policies.routing.greedy import cover, cut_lines
from policies.routing.shipping import Table


@kernel
def shipments_allowed(value: int, settings: Table) -> int:
    """Return how many shipments an order of that value may be split into: one where it is worth too little."""
    return int(settings[MAX_SHIPMENTS]) if value >= settings[SPLIT_MIN_VALUE] else 1


@kernel
def split(
    lines: Table,
    n_lines: int,
    candidates: Table,
    known: int,
    left: Table,
    stock: Table,
    tariff: Table,
    settings: Table,
    most: int,
    fewest_first: int,
    bound: int,
    plan: Table,
) -> int:
    """Split into whole lines: the best way of all for few lines, a greedy one for many.

    Parameters
    ----------
    most : int
        Shipments at most.
    fewest_first : int
        1: the fewest shipments, then the least score; 0: the least score.
    bound : int
        What it must be better than, penalty included; ``NO_LIMIT`` for any. The greedy way is not held to it.

    Returns
    -------
    int
        Rows of the plan, ``NOWHERE``, or ``MORE``.
    """
    most = min(most, n_lines)
    if most < 2:
        return NOWHERE
    if n_lines <= EXACT_LINES:
        return split_exactly(
            lines, n_lines, candidates, known, left, stock, tariff, settings, most, fewest_first, bound, plan
        )
    return cover(lines, n_lines, candidates, left, stock, tariff, settings, most, plan)


@kernel
def last_resort(
    lines: Table,
    n_lines: int,
    value: int,
    candidates: Table,
    left: Table,
    stock: Table,
    settings: Table,
    plan: Table,
) -> int:
    """Cut lines where that is allowed; return rows, ``NOWHERE`` or ``FULL``."""
    most = shipments_allowed(value, settings)
    if settings[SPLIT_LINES] == 0 or most < 2:
        return NOWHERE
    return cut_lines(lines, n_lines, candidates, left, stock, most, plan)


