"""Let any class with the right method be a routing rule, and hold each of its plans to what can be done."""

from __future__ import annotations

from typing import Any, cast

from policies.routing.base import Plan, Question, RoutingFacts, RoutingPolicy, Unroutable
from policies.routing.columns import NO_LIMIT, ORDERS_LEFT, UNITS_LEFT


class Own(RoutingPolicy):
    """A rule of somebody's own, asked in Python; its plans are checked (:func:`check_plan`).

    Parameters
    ----------
    rule : object
        With a method ``choose(question)`` that returns rows of (candidate, line, units), or nothing.
    facts : RoutingFacts
        What it was built with.

    Examples
    --------
    >>> class Last:
    ...     def choose(self, question):
    ...         return question.all_from(question.n_candidates - 1)
    >>> Own(Last(), RoutingFacts.flat()).choose(Question.of([2], [1, 5], [[9], [1]]))
    Traceback (most recent call last):
    ...
    policies.routing.base.Unroutable: Last.choose: 2 units of line 0 from candidate 1, which has 1
    """

    def __init__(self, rule: Any, facts: RoutingFacts) -> None:
        super().__init__(facts)
        self.rule = rule
        self.max_shipments = getattr(rule, "max_shipments", NO_LIMIT)
        self.reject_cooldown = getattr(rule, "reject_cooldown", 0)

    def choose(self, question: Question) -> Plan:
        """Return the rule's plan, its rows in order of candidate and line.

        Raises
        ------
        Unroutable
            The plan cannot be carried out.
        """
        found = self.rule.choose(question)
        if question.gave(found):
            return cast(Plan, found)
        plan = [(int(c), int(line), int(units)) for c, line, units in found or ()]
        if plan and _is_plain(question, plan):
            return plan
        plan.sort()
        fault = check_plan(question, plan, self.max_shipments)
        if fault:
            raise Unroutable(f"{type(self.rule).__name__}.choose: {fault}")
        return plan


def _is_plain(question: Question, plan: Plan) -> bool:
    """Whether one candidate sends everything and can: most plans are such, and need no longer look."""
    c = plan[0][0]
    return 0 <= c < question.n_candidates and plan == question.all_from(c) and question.whole(c)


def check_plan(question: Question, plan: Plan, max_shipments: int = NO_LIMIT) -> str:
    """Say what is wrong with a plan: the empty text where it can be carried out, or where it is empty.

    Examples
    --------
    >>> question = Question.of([2, 1], [1, 5], [[9, 0], [9, 9]], orders_left=[0, 4])
    >>> check_plan(question, question.all_from(1))
    ''
    >>> check_plan(question, [(0, 0, 2), (1, 1, 1)])
    'candidate 0 takes no more orders'
    >>> check_plan(question, [(1, 0, 2)])
    'line 1 gets 0 of 1 units'
    """
    if not plan:
        return ""
    sent = [0] * question.n_lines
    load: dict[int, int] = {}
    seen: dict[tuple[int, int], bool] = {}
    for c, line, units in plan:
        if not (0 <= c < question.n_candidates and 0 <= line < question.n_lines):
            return f"there is no candidate {c} or no line {line}"
        if (c, line) in seen or units < 1:
            return f"{units} units of line {line} from candidate {c}, or twice"
        if units > question.stock[c, line]:
            return f"{units} units of line {line} from candidate {c}, which has {question.stock[c, line]}"
        seen[c, line] = True
        sent[line] += units
        load[c] = load.get(c, 0) + units
    for c, units in load.items():
        if not question.takes(c, units):
            orders, room = int(question.left[c, ORDERS_LEFT]), int(question.left[c, UNITS_LEFT])
            return f"candidate {c} takes no more {'orders' if orders < 1 else f'than {room} units'}"
    if len(load) > max_shipments:
        return f"{len(load)} shipments, more than {max_shipments}"
    for line, units in enumerate(sent):
        if units != question.units(line):
            return f"line {line} gets {units} of {question.units(line)} units"
    return ""
