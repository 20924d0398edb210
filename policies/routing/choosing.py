"""The compiled rules by number, for a lane that must not depend on which of them a scenario names."""

from __future__ import annotations

from policies.kernel import kernel
from policies.routing.cost import Cost, decide_cost
from policies.routing.min_splits import decide_min_splits
from policies.routing.proximity import decide_proximity
from policies.routing.shipping import Table

COST = Cost.code


@kernel
def splits_last(code: int) -> bool:
    """Whether the built-in rule of that code splits an order only where no candidate can send all of it."""
    return code != COST


@kernel
def decide_by(
    code: int,
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
    """Decide with the built-in rule of that code; the other arguments are those of every rule's ``decide``.

    Parameters
    ----------
    code : int
        ``Rule.code`` of a built-in.
    lines : array of int, shape (>= n_lines, 3)
        Units, grams, grams by volume.
    n_lines : int
        Lines of the order, >= 1.
    value : int
        What the order is worth, millionths of the currency.
    candidates : array of int, shape (candidates, 3)
        Floor, band and location number, by ascending floor.
    known : int
        For how many candidates, from the first on, ``left`` and ``stock`` are filled in. A caller may look up a
        few, ask, and look up the others only when told ``MORE``: the decision is the same.
    left : array of int, shape (>= known, 2)
        Orders and units that each can still take on.
    stock : array of int, shape (>= known, >= n_lines)
        Units that each may promise of each line.
    tariff : array of int, shape (bands, steps)
        The rule's ``tariff``.
    settings : array of int
        The rule's ``settings``.
    plan : array of int, shape (rows, 3)
        Filled in: candidate, line and units of each row, the rows of a shipment together. ``n_lines`` rows are enough
        where lines are not cut.

    Returns
    -------
    int
        Rows of the plan; ``NOWHERE`` (0) where nobody can fill the order; ``MORE`` (-1) where a candidate from
        ``known`` on may be the right one; ``FULL`` (-2) where the plan has too few rows.
    """
    if code == 0:
        return decide_proximity(
            lines, n_lines, value, candidates, known, left, stock, tariff, settings, plan
        )
    if code == 1:
        return decide_cost(lines, n_lines, value, candidates, known, left, stock, tariff, settings, plan)
    return decide_min_splits(lines, n_lines, value, candidates, known, left, stock, tariff, settings, plan)
