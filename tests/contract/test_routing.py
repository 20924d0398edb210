"""Every built-in routing rule keeps the contract, compiled and plain, for any settings."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import registry
from policies.routing import Plan, Question, RoutingFacts, RoutingPolicy
from policies.routing.testing import check_routing_policy

SETTINGS: list[dict[str, Any]] = [
    {},
    {"max_shipments": 1},
    {"max_shipments": 2, "split_penalty": 0.000004},
    {"max_shipments": 3, "split_min_value": 0.000002},
    {"split_lines": True},
    {"max_shipments": 2, "split_lines": True, "reject_cooldown": 60_000_000},
]


@pytest.mark.parametrize("use", registry.names("routing"))
@pytest.mark.parametrize("parameters", SETTINGS, ids=str)
def test_contract(use: str, parameters: dict[str, Any]) -> None:
    def factory(facts: RoutingFacts) -> RoutingPolicy:
        return registry.make_routing(use, facts, parameters)

    check_routing_policy(factory)


@st.composite
def questions(draw: st.DrawFn, lines: int = 6, candidates: int = 6) -> Question:
    """Any order and candidates: nobody, ties, nothing left, weights of nothing."""
    n, m = draw(st.integers(1, lines)), draw(st.integers(0, candidates))

    def column(most: int, size: int, least: int = 0) -> list[int]:
        return draw(st.lists(st.integers(least, most), min_size=size, max_size=size))

    return Question.of(
        units=column(3, n, 1),
        floors=sorted(column(20, m)),
        stock=np.array(column(5, n * m, -1), np.int64).reshape(m, n),
        grams=column(60, n),
        volume_grams=column(60, n),
        value=draw(st.integers(0, 3)),
        bands=column(1, m),
        locations=draw(st.permutations(range(m))),
        orders_left=column(3, m),
        units_left=column(12, m),
    )


@settings(max_examples=150, deadline=None)
@given(
    use=st.sampled_from(registry.names("routing")),
    parameters=st.sampled_from(SETTINGS),
    asked=st.lists(questions(), min_size=1, max_size=4),
)
def test_contract_for_any_order(use: str, parameters: dict[str, Any], asked: list[Question]) -> None:
    check_routing_policy(partial(registry.make_routing, use, given=parameters), questions=asked)


class Good(RoutingPolicy):
    """What the broken ones break."""

    def choose(self, question: Question) -> Plan:
        for c in range(question.n_candidates):
            if question.whole(c):
                return question.all_from(c)
        return []


class Oversells(Good):
    def choose(self, question: Question) -> Plan:
        return question.all_from(0) if question.n_candidates else []


class Forgets(Good):
    def choose(self, question: Question) -> Plan:
        return super().choose(question)[:1]


class Twice(Good):
    def choose(self, question: Question) -> Plan:
        return super().choose(question) * 2


class Remembers(Good):
    asked = 0

    def choose(self, question: Question) -> Plan:
        self.asked += 1
        return super().choose(question) if self.asked < 160 else []


class Writes(Good):
    def choose(self, question: Question) -> Plan:
        question.lines[0, 0] = 1
        return super().choose(question)


class NotRows(Good):
    def choose(self, question: Question) -> Any:
        return [list(row) for row in super().choose(question)]


def test_a_good_rule_passes() -> None:
    check_routing_policy(Good)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Oversells, "a plan that cannot be carried out"),
        (Forgets, "gets 0 of"),
        (Twice, "or twice"),
        (Remembers, "asked in another order decides otherwise"),
        (NotRows, "choose returned the row"),
    ],
)
def test_each_broken_promise_is_found(broken: type[RoutingPolicy], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_routing_policy(broken)


def test_a_rule_that_writes_into_the_question_is_stopped() -> None:
    with pytest.raises(ValueError, match="read-only"):
        check_routing_policy(Writes)
