"""The contract of a routing rule, as a check that anyone can run on theirs.

In a test of your own::

    from policies.routing.testing import check_routing_policy
    from acme.policies import OurRouting

    def test_contract():
        check_routing_policy(lambda facts: OurRouting(facts, favourite="S1"))

It raises ``AssertionError`` saying which promise is broken and for which order.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.kernel import Kernel
from policies.routing.base import Plan, Question, RoutingFacts, RoutingPolicy
from policies.routing.built_in import BuiltIn
from policies.routing.columns import FROM, MORE
from policies.routing.own import check_plan
from policies.testing import no_dice

Factory = Callable[[RoutingFacts], RoutingPolicy]


def sample_facts() -> RoutingFacts:
    """Return facts with two bands of three weight steps."""
    return RoutingFacts(np.array([[0, 3, 5], [0, 4, 9]]), step_grams=10, locations=tuple("ABCDEFGHIJ"))


def sample_questions(seed: int = 1, size: int = 150) -> list[Question]:
    """Return varied orders: of one to six lines, plenty and scarce, near and far, some that nobody can fill.

    Examples
    --------
    >>> len(sample_questions(size=7))
    7
    """
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        n, m = int(draw.integers(1, 7)), int(draw.integers(0, 9))
        most = int(draw.integers(2, 6))
        found.append(
            Question.of(
                units=draw.integers(1, 3, n).tolist(),
                floors=np.sort(draw.integers(0, 30, m)).tolist(),
                stock=draw.integers(0, most, (m, n)),
                grams=draw.integers(0, 40, n).tolist(),
                volume_grams=draw.integers(0, 40, n).tolist(),
                value=int(draw.integers(0, 3)),
                bands=draw.integers(0, 2, m).tolist(),
                locations=draw.permutation(10)[:m].tolist(),
                orders_left=draw.integers(0, 9, m).tolist(),
                units_left=draw.integers(0, 30, m).tolist(),
            )
        )
    return found


def check_routing_policy(
    factory: Factory, facts: RoutingFacts | None = None, questions: Sequence[Question] | None = None
) -> None:
    """Check that a routing rule keeps the contract.

    Parameters
    ----------
    factory : callable
        Builds the rule from the facts it is given; called more than once.
    facts : RoutingFacts, optional
        To build it from (:func:`sample_facts` by default).
    questions : sequence of Question, optional
        To ask it (:func:`sample_questions` by default).

    Raises
    ------
    AssertionError
        Says which promise is broken.
    """
    given = facts if facts is not None else sample_facts()
    asked = [_read_only(question) for question in (questions if questions is not None else sample_questions())]
    rule, twin = factory(given), factory(given)
    copy = pickle.loads(pickle.dumps(rule))
    with no_dice():
        plans = [_plan(rule, question) for question in asked]
        for question, plan in zip(asked, plans, strict=True):
            fault = check_plan(question, plan, rule.max_shipments)
            assert not fault, f"a plan that cannot be carried out: {fault}: {plan}"
            shipments = [row[FROM] for row in plan]
            runs = [c for i, c in enumerate(shipments) if i == 0 or shipments[i - 1] != c]
            assert len(runs) == len(set(runs)), f"the rows of a shipment are not together: {plan}"
        for again, whose in ((rule, "asked in another order"), (twin, "built again"), (copy, "pickled")):
            for question, plan in reversed(list(zip(asked, plans, strict=True))):
                other = _plan(again, question)
                assert other == plan, f"a rule {whose} decides otherwise: {other} instead of {plan}"
        if isinstance(rule, BuiltIn):
            for question, plan in zip(asked, plans, strict=True):
                _check_compiled(rule, question, plan)


def compiled_plan(rule: BuiltIn, question: Question, known: int | None = None) -> Plan | None:
    """Return what the compiled form decides where so many candidates were looked up; None: it wants more."""
    assert isinstance(rule.decide, Kernel)
    n, m = question.n_lines, question.n_candidates
    seen = m if known is None else known
    plan: NDArray[np.int64] = np.full((rule.plan_rows(n, m), 3), -7, np.int64)
    arrays = (_array(question.lines), _array(question.candidates), _array(question.left), _array(question.stock))
    lines, candidates, left, stock = arrays
    rows = rule.decide.compiled(
        lines, n, question.value, candidates, seen, left[:seen], stock[:seen], rule.tariff, rule.settings, plan
    )
    if rows == MORE:
        return None
    return [(row[0], row[1], row[2]) for row in plan[: max(0, rows)].tolist()]


def _check_compiled(rule: BuiltIn, question: Question, plan: Plan) -> None:
    other = compiled_plan(rule, question)
    assert other == plan, f"the compiled form decides otherwise: {other} instead of {plan}"
    for known in range(question.n_candidates):
        early = compiled_plan(rule, question, known)
        assert early is None or early == plan, f"told of {known} candidates it decides otherwise: {early}, {plan}"


def _plan(rule: RoutingPolicy, question: Question) -> Plan:
    plan = rule.choose(question)
    assert isinstance(plan, list), f"choose returned {type(plan).__name__}, not a list"
    for row in plan:
        whole = isinstance(row, tuple) and len(row) == 3 and all(type(part) is int for part in row)
        assert whole, f"choose returned the row {row!r}, not (candidate, line, units)"
    return plan


def _array(table: Any) -> NDArray[np.int64]:
    return np.array(table, np.int64)  # a fresh one: a compiled form is made for arrays that may be written to


def _read_only(question: Question) -> Question:
    """A copy whose tables refuse to be written to."""
    tables = [_array(each) for each in (question.lines, question.candidates, question.left, question.stock)]
    for table in tables:
        table.flags.writeable = False
    return Question(tables[0], question.n_lines, question.value, *tables[1:])
