"""Why each candidate was or was not chosen: said again from the question and the plan, since rules are pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from policies.routing.base import Plan, Question, RoutingPolicy
from policies.routing.columns import BAND, FLOOR, FROM, LINE, ORDERS_LEFT, UNITS_LEFT
from policies.routing.shipping import billable, step_of, surcharge


class Reason(Enum):
    """Why a candidate was or was not chosen."""

    CHOSEN = "ships part of the order, or all of it"
    CLOSED = "takes no more orders today"
    FULL = "has no capacity for so many units"
    NO_STOCK = "has none of the lines in full"
    SHORT = "has some of the lines in full, not all"
    BEATEN = "could have shipped all of it, for a higher score or later in the list"


@dataclass(frozen=True)
class Explanation:
    """One candidate of a decision.

    Attributes
    ----------
    candidate, location : int
        Its place in the question, and its location number.
    score : int
        What it would score for the whole order in one shipment; metres or millionths of the currency.
    reason : Reason
        Why it was or was not chosen.
    has, ships : tuple of int
        The lines that it has in full, and those of which it ships any.
    """

    candidate: int
    location: int
    score: int
    reason: Reason
    has: tuple[int, ...]
    ships: tuple[int, ...]


def explain(rule: RoutingPolicy, question: Question, plan: Plan) -> tuple[Explanation, ...]:
    """Return why each candidate was or was not chosen, in the order of the candidates.

    Examples
    --------
    >>> from policies.routing import Proximity, RoutingFacts
    >>> rule = Proximity(RoutingFacts.flat())
    >>> question = Question.of([1, 1], [2000, 3000, 9000], [[5, 0], [5, 5], [5, 5]])
    >>> [(e.score, e.reason.name) for e in explain(rule, question, rule.choose(question))]
    [(2000, 'SHORT'), (3000, 'CHOSEN'), (9000, 'BEATEN')]
    """
    tariff = getattr(rule, "tariff", None)
    step = step_of(billable(question.lines, question.n_lines), rule.facts.step_grams)
    units = sum(question.units(line) for line in range(question.n_lines))
    found = []
    for c in range(question.n_candidates):
        band = int(question.candidates[c, BAND])
        above = 0 if tariff is None else surcharge(tariff, band, step)
        has = tuple(line for line in range(question.n_lines) if question.has(c, line))
        ships = tuple(sorted(row[LINE] for row in plan if row[FROM] == c))
        reason = _reason(question, c, units, has, ships)
        score = int(question.candidates[c, FLOOR]) + int(above)
        found.append(Explanation(c, question.location(c), score, reason, has, ships))
    return tuple(found)


def _reason(
    question: Question, c: int, units: int, has: tuple[int, ...], ships: tuple[int, ...]
) -> Reason:
    if ships:
        return Reason.CHOSEN
    if question.left[c, ORDERS_LEFT] < 1:
        return Reason.CLOSED
    if not has:
        return Reason.NO_STOCK
    if len(has) < question.n_lines:
        return Reason.SHORT
    return Reason.FULL if question.left[c, UNITS_LEFT] < units else Reason.BEATEN
