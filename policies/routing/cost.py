"""Cost: whatever plan costs least."""

from __future__ import annotations

from typing import ClassVar, Literal

from policies.kernel import kernel
from policies.routing.base import Decide
from policies.routing.built_in import BuiltIn
from policies.routing.columns import BAND, FLOOR, MORE, NO_LIMIT, NOWHERE, SPLIT_PENALTY, STEP_GRAMS
from policies.routing.exact import EXACT_LINES
from policies.routing.fallback import last_resort, shipments_allowed, split
from policies.routing.shipping import NONE, Table, best_whole, billable, send_whole, step_of, surcharge


@kernel
def decide_cost(
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
    """Decide by cost; see :mod:`policies.routing.choosing` for what goes in and comes out."""
    c = best_whole(lines, n_lines, candidates, known, left, stock, tariff, settings)
    if c == MORE:
        return MORE
    most = shipments_allowed(value, settings)
    if c != NONE:
        # No split is worth a look that costs more even with the two lightest shipments from the two cheapest.
        step = step_of(billable(lines, n_lines), settings[STEP_GRAMS])
        bound = candidates[c, FLOOR] + surcharge(tariff, candidates[c, BAND], step)
        few = 1 < n_lines <= EXACT_LINES and most > 1 and candidates.shape[0] > 1
        if not few or candidates[0, FLOOR] + candidates[1, FLOOR] + settings[SPLIT_PENALTY] >= bound:
            return send_whole(c, lines, n_lines, plan)
        rows = split(lines, n_lines, candidates, known, left, stock, tariff, settings, most, 0, bound, plan)
        return rows if rows != NOWHERE else send_whole(c, lines, n_lines, plan)
    rows = split(lines, n_lines, candidates, known, left, stock, tariff, settings, most, 0, NO_LIMIT, plan)
    if rows != NOWHERE:
        return rows
    return last_resort(lines, n_lines, value, candidates, left, stock, settings, plan)


class Cost(BuiltIn):
    """The least Σ (shipping by zone and billable weight + handling) + penalty for each shipment beyond the first.

    Exact for orders of up to four lines. Longer ones go from the cheapest candidate that has everything; where there
    is none, they are split greedily, the most lines first. Parameters as
    :class:`policies.routing.built_in.BuiltIn`.

    Notes
    -----
    Its candidates come by the cost of the lightest shipment (handling included), then distance, then location
    number; of plans that cost the same, the one of fewer shipments, then the one from earlier candidates.

    Examples
    --------
    Two shipments of 4 and 5 against one of 12; a penalty of 4 turns it:

    >>> from policies.routing.base import Question, RoutingFacts
    >>> m = 1_000_000
    >>> question = Question.of([1, 1], [4 * m, 5 * m, 12 * m], [[9, 0], [0, 9], [9, 9]])
    >>> Cost(RoutingFacts.flat()).choose(question)
    [(0, 0, 1), (1, 1, 1)]
    >>> Cost(RoutingFacts.flat(), split_penalty=4).choose(question)
    [(2, 0, 1), (2, 1, 1)]
    """

    name: ClassVar[str] = "cost"
    code: ClassVar[int] = 1
    sorts_by: ClassVar[Literal["distance", "cost"]] = "cost"
    decide: ClassVar[Decide | None] = decide_cost
