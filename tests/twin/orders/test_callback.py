"""The question that a rule in Python is asked is looked up as far as the rule looks, and says what the tables say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import scenarios
import twin.orders.callback
from policies.routing import MinSplits, Plan, Proximity, Question, RoutingFacts, Unroutable
from policies.routing.explaining import Reason
from tests.twin.web_scenes import SCARCE
from twin.body.simulation import Simulation
from twin.plan.build import Plan as Planned
from twin.simulate import build, simulate


class Nearest:
    """Decides as ``proximity`` does."""

    def __init__(self, facts: RoutingFacts, max_shipments: int = 3) -> None:
        self._rule = Proximity(facts, max_shipments=max_shipments)
        self.max_shipments = max_shipments

    def choose(self, question: Question) -> Plan:
        for candidate in range(question.n_candidates):
            if question.whole(candidate):
                return question.all_from(candidate)
        return self._rule.choose(question)


class Looks(Nearest):
    """Looks at everything, first as far as each answer takes, then in the tables."""

    def choose(self, question: Question) -> Plan:
        n, candidates = question.n_lines, range(question.n_candidates)
        units = sum(question.units(line) for line in range(n))
        said = [
            (question.takes(c, units), [question.has(c, line) for line in range(n)], question.whole(c), question.location(c))
            for c in candidates
        ]
        plain = copy(question)
        assert plain.value > 0
        assert len(plain.candidates) == len(candidates)
        for c in candidates:
            has = [plain.has(c, line) for line in range(n)]
            assert said[c] == (plain.takes(c, units), has, plain.whole(c), plain.location(c))
            assert question.all_from(c) == plain.all_from(c)
        for nobody in (-1, len(candidates)):
            with pytest.raises(IndexError, match="there is no candidate"):
                question.whole(nobody)
        return self._rule.choose(question)


class Backwards(Nearest):
    """Asks about the last candidate first, and gives its plans as other things than what it got."""

    def choose(self, question: Question) -> Any:
        whole = [c for c in reversed(range(question.n_candidates)) if question.whole(c)]
        if whole:
            return (np.array(row) for row in reversed(question.all_from(whole[-1])))
        return self._rule.choose(question)


class Careless(Nearest):
    """Sends from whoever is nearest, whether it can or not."""

    def choose(self, question: Question) -> Plan:
        return question.all_from(0)


class Changes(Nearest):
    """Takes a plan that is good and makes another of it."""

    def choose(self, question: Question) -> Plan:
        plan = super().choose(question)
        if plan:
            candidate, line, units = plan[0]
            plan[0] = candidate, line, units + 1
        return plan


def copy(question: Question) -> Question:
    """The same from tables that are all filled in."""
    lines, candidates, left, stock = (
        np.array(table) for table in (question.lines, question.candidates, question.left, question.stock)
    )
    return Question(lines, question.n_lines, question.value, candidates, left, stock)


def planned(rule: str, *sets: str) -> Planned:
    use = rule if rule in ("proximity", "min_splits") else f"tests.twin.orders.test_callback:{rule}"
    return build(scenarios.loads(SCARCE, sets=["variants=", f"policies.routing={{use: '{use}', max_shipments: 3}}", *sets]))


def decisions(rule: str, *sets: str) -> str:
    return simulate(planned(rule, *sets), 1, folder=None).decisions_digest


@pytest.mark.parametrize("rule", ["Nearest", "Looks", "Backwards"])
@pytest.mark.parametrize("few", [1, 4])
def test_however_a_rule_looks_it_sees_the_same(rule: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin.orders.callback, "FEW", few)
    assert decisions(rule) == decisions("proximity")


@pytest.mark.parametrize("rule", ["Careless", "Changes"])
def test_a_plan_that_cannot_be_carried_out_is_refused(rule: str) -> None:
    with pytest.raises(Unroutable, match=r"of line 0 from candidate 0|line 0 gets"):
        decisions(rule)


RANGED = (  # stores have no C
    "assortment=[{where: {kind: store}, skus: [A, B]}, {where: {kind: fc}, skus: [A, B, C]}]",
    "demand.pos=[{at: {kind: store}, sku: A, rate: 20/d}, {at: {kind: store}, sku: B, rate: 10/d}]",
)


@pytest.mark.parametrize("rule", ["Nearest", "Looks"])
def test_a_rule_sees_the_same_where_not_everybody_ranges_everything(rule: str) -> None:
    assert decisions(rule, *RANGED) == decisions("proximity", *RANGED) != decisions("proximity")


class PlainProximity:
    """The plain form of a built-in rule, asked about all candidates from the first on."""

    rule: Any = Proximity

    def __init__(self, facts: RoutingFacts, max_shipments: int = 3) -> None:
        self._rule = self.rule(facts, max_shipments=max_shipments)
        self.max_shipments = max_shipments

    def choose(self, question: Question) -> Plan:
        return self._rule.choose(copy(question))  # type: ignore[no-any-return]


class PlainMinSplits(PlainProximity):
    rule = MinSplits


FULL = (
    "operations.capacity=[{at: {kind: store}, orders_per_day: 3}, {at: {kind: fc}, units_per_day: 9}]",
    'network.locations[F1].cut_off="11:00"',
)


@pytest.mark.parametrize("sets", [RANGED, (*RANGED, *FULL)], ids=["ranged", "ranged, full and closed"])
@pytest.mark.parametrize("rule", ["proximity", "min_splits"])
def test_a_search_that_begins_where_all_may_be_decides_as_one_from_the_first(rule: str, sets: tuple[str, ...]) -> None:
    plain = {"proximity": "PlainProximity", "min_splits": "PlainMinSplits"}[rule]
    assert decisions(plain, *sets) == decisions(rule, *sets)


def test_who_does_not_range_a_line_has_no_stock_of_it_and_is_not_closed() -> None:
    plan = planned("proximity", *RANGED)
    kinds = [place.kind for place in plan.network.locations]
    reasons = set()
    for number in range(1, 25):
        simulation = Simulation(plan, 1, folder=None, watched=number)
        simulation.run()
        assert simulation.shelves.orders is not None
        for asked in simulation.shelves.orders.asked:
            if [plan.items.skus[sku] for sku, _ in asked.lines] == ["C"]:
                reasons |= {one.reason for one in asked.candidates if kinds[one.location] == "store"}
    assert reasons == {Reason.NO_STOCK}
