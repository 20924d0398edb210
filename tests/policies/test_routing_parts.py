"""Around the routing rules: own classes, explanations, filters, the one signature of the compiled forms."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np
import pytest

from policies import registry
from policies.registry import UnknownPolicy
from policies.reservation import ReservationFacts, Standard, Wanted
from policies.reservation.deciding import HOLD_SIGNATURE, PROMISE_SIGNATURE
from policies.routing import CALLBACK, Cost, MinSplits, Proximity, Question, RoutingFacts, Unroutable
from policies.routing.choosing import decide_by
from policies.routing.columns import SIGNATURE
from policies.routing.explaining import Reason, explain
from policies.routing.filters import NEVER, excluded, room_left, ships_today
from policies.routing.testing import check_routing_policy, sample_facts, sample_questions

RULES = (Proximity, Cost, MinSplits)
OWN = '''
from policies.routing import Cost

class Plain:
    def __init__(self, facts, *, favourite: int = 0):
        self.favourite = favourite

    def choose(self, question):
        for c in range(question.n_candidates):
            if question.location(c) == self.favourite and question.whole(c):
                return question.all_from(c)

class Greedy(Plain):
    def choose(self, question):
        return question.all_from(0)

class Dearest(Cost):
    def choose(self, question):
        return super().choose(question)[::-1]

class Holder:
    def __init__(self, facts):
        pass

    def hold(self, wanted):
        return wanted.units <= wanted.free

    def promise(self, lines):
        return None

class Idle:
    def hold(self, wanted):
        return True
'''


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "acme_of_orders.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "acme_of_orders"
    sys.modules.pop("acme_of_orders", None)


def test_built_ins_by_name() -> None:
    for use in registry.names("routing"):
        rule = registry.make_routing(use, RoutingFacts.flat(), {"max_shipments": "2", "split_penalty": "1.5"})
        assert rule.name == use and rule.code >= 0 and rule.max_shipments == 2
    assert registry.make_reservation("standard", ReservationFacts(), {"oversell": ".25"}).name == "standard"
    known = registry.parameters("standard", "reservation")
    assert [*known] == ["soft_ttl", "hard_ttl", "oversell", "partial", "backorder_limit"]


def test_a_class_of_somebodys_own(acme: str) -> None:
    rule = registry.make_routing(f"{acme}:Plain", RoutingFacts.flat(), {"favourite": "7"})
    question = Question.of([1], [2, 5], [[1], [1]], locations=[3, 7])
    assert rule.choose(question) == [(1, 0, 1)] and rule.code == CALLBACK and rule.decide is None
    check_routing_policy(lambda facts: registry.make_routing(f"{acme}:Plain", facts, {}))


def test_an_heir_of_a_built_in_is_asked_itself(acme: str) -> None:
    """Its compiled form would be its parent's: it is called back, and its rows are put in order."""
    rule = registry.make_routing(f"{acme}:Dearest", RoutingFacts.flat(), {})
    assert rule.code == CALLBACK and rule.decide is None
    assert rule.choose(Question.of([1, 1], [1], [[1, 1]])) == [(0, 0, 1), (0, 1, 1)]


def test_a_plan_that_cannot_be_carried_out_is_refused(acme: str) -> None:
    rule = registry.make_routing(f"{acme}:Greedy", RoutingFacts.flat(), {})
    for question, message in (
        (Question.of([2], [1], [[1]]), "which has 1"),
        (Question.of([2], [1], [[9]], units_left=[1]), "no more than 1 units"),
        (Question.of([2], [], np.zeros((0, 1))), "no candidate 0"),
    ):
        with pytest.raises(Unroutable, match=message):
            rule.choose(question)


def test_an_own_reservation_rule_is_held_to_its_answer(acme: str) -> None:
    rule = registry.make_reservation(f"{acme}:Holder", ReservationFacts(), {})
    assert rule.soft_ttl == Standard(ReservationFacts()).soft_ttl
    with pytest.raises(ValueError, match=r"Holder.promise: found None, expected an outcome for each of 1 lines"):
        rule.promise([Wanted(0, 1, 1)])


@pytest.mark.parametrize(
    ("kind", "use", "message"),
    [
        ("routing", "proximty", "no such routing rule: .*one of cost, min_splits, proximity.*did you mean proximity"),
        ("routing", "hybrid", "routing rule is part of the language but not built yet"),
        ("routing", "{acme}:Idle", "not a routing rule: .*a class with a method choose"),
        ("reservation", "strict", "no such reservation rule"),
        ("reservation", "{acme}:Idle", "a class with the methods hold and promise"),
    ],
)
def test_what_cannot_be_had_says_why(acme: str, kind: str, use: str, message: str) -> None:
    with pytest.raises(UnknownPolicy, match=message):
        registry.resolve(use.replace("{acme}", acme), kind)


def test_all_compiled_forms_have_the_one_signature() -> None:
    """Each compiles for it: a lane may take any of them as a function of that type."""
    for rule in RULES:
        assert rule.decide is not None
        assert numba.njit(SIGNATURE)(rule.decide.plain).signatures
    standard = Standard(ReservationFacts())
    assert standard.decide_hold is not None and standard.decide_promise is not None
    assert numba.njit(HOLD_SIGNATURE)(standard.decide_hold.plain).signatures
    assert numba.njit(PROMISE_SIGNATURE)(standard.decide_promise.plain).signatures


def test_the_rule_of_a_number_decides_as_the_class() -> None:
    facts = sample_facts()
    for kind in RULES:
        rule = kind(facts, max_shipments=3, split_penalty=0.000002)
        for question in sample_questions(seed=5, size=60):
            n, m = question.n_lines, question.n_candidates
            plan = np.zeros((rule.plan_rows(n, m), 3), np.int64)
            rows = decide_by.compiled(
                rule.code, question.lines, n, question.value, question.candidates, m, question.left, question.stock,
                rule.tariff, rule.settings, plan,
            )  # fmt: skip
            assert [tuple(row) for row in plan[:rows].tolist()] == rule.choose(question)


def test_every_candidate_is_explained() -> None:
    question = Question.of(
        [1, 2], [10, 20, 30, 40, 50, 60], [[1, 0], [0, 1], [1, 2], [1, 2], [1, 2], [1, 2]],
        orders_left=[1, 1, 0, 1, 1, 1], units_left=[9, 9, 9, 2, 9, 9], locations=[9, 8, 7, 6, 5, 4],
    )  # fmt: skip
    rule = Proximity(RoutingFacts.flat())
    found = explain(rule, question, rule.choose(question))
    expected = [Reason.SHORT, Reason.NO_STOCK, Reason.CLOSED, Reason.FULL, Reason.CHOSEN, Reason.BEATEN]
    assert [one.reason for one in found] == expected
    assert [(one.location, one.score) for one in found][:2] == [(9, 10), (8, 20)]
    assert found[4].ships == (0, 1) and found[0].has == (0,)


def test_filters() -> None:
    for form in (ships_today.plain, ships_today.compiled):
        assert form(5, 10, 20, 15) and not form(15, 10, 20, 15)
        assert form(10, 10, 20, -1) and not form(20, 10, 20, -1) and form(99, 0, 0, -1)
    for rejected in (excluded.plain, excluded.compiled):
        assert rejected(0, 9, 10) and not rejected(0, 10, 10) and not rejected(NEVER, 5, 10)
    assert room_left.compiled(5, 9, True) == room_left(5, 9, True) == 0


def test_building_a_rule_does_not_load_numba() -> None:
    code = (
        "import sys; from policies.routing import Cost, RoutingFacts; from policies.reservation import *; "
        "Cost(RoutingFacts.flat()); Standard(ReservationFacts()); print('numba' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
