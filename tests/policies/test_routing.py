"""Routing rules against all plans there are, on orders small enough to write these down."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.routing import Cost, MinSplits, Plan, Proximity, Question, RoutingFacts
from policies.routing.built_in import BuiltIn
from policies.routing.columns import BAND, FLOOR, FULL, GRAMS, VOLUME_GRAMS
from policies.routing.own import check_plan
from policies.routing.shipping import step_of, surcharge
from policies.routing.testing import compiled_plan

RULES: tuple[type[BuiltIn], ...] = (Proximity, Cost, MinSplits)
FACTS = RoutingFacts(np.array([[0, 3, 5], [0, 4, 9]]), step_grams=10)
M = 1_000_000


@st.composite
def questions(draw: st.DrawFn, most_lines: int = 4, most_candidates: int = 5) -> Question:
    n, m = draw(st.integers(1, most_lines)), draw(st.integers(1, most_candidates))

    def column(most: int, size: int, least: int = 0) -> list[int]:
        return draw(st.lists(st.integers(least, most), min_size=size, max_size=size))

    return Question.of(
        units=column(2, n, 1),
        floors=sorted(column(15, m)),
        stock=np.array(column(3, n * m), np.int64).reshape(m, n),
        grams=column(40, n),
        volume_grams=column(40, n),
        value=draw(st.integers(0, 2)),
        bands=column(1, m),
        orders_left=column(2, m),
        units_left=column(6, m, 1),
    )


def score(question: Question, plan: Plan, penalty: int = 0) -> int:
    """What a plan of whole lines costs, worked out anew."""
    total = 0
    senders = sorted({row[0] for row in plan})
    for c in senders:
        lines = [row[1] for row in plan if row[0] == c]
        grams = sum(int(question.lines[line, GRAMS]) for line in lines)
        volume = sum(int(question.lines[line, VOLUME_GRAMS]) for line in lines)
        floor, band = int(question.candidates[c, FLOOR]), int(question.candidates[c, BAND])
        total += floor + surcharge(FACTS.tariff, band, step_of(max(grams, volume), FACTS.step_grams))
    return total + penalty * (len(senders) - 1)


def all_plans(question: Question, max_shipments: int) -> list[Plan]:
    """Every plan of whole lines that can be carried out."""
    ways = itertools.product(range(question.n_candidates), repeat=question.n_lines)
    plans = (question.each_from(way) for way in ways)
    return [plan for plan in plans if not check_plan(question, plan, max_shipments)]


def shipments(plan: Plan) -> int:
    return len({row[0] for row in plan})


@settings(max_examples=250, deadline=None)
@given(question=questions(), max_shipments=st.integers(1, 4), penalty=st.integers(0, 12))
def test_no_plan_costs_less(question: Question, max_shipments: int, penalty: int) -> None:
    rule = Cost(FACTS, max_shipments=max_shipments, split_penalty=penalty / M)
    plan, all_there_are = rule.choose(question), all_plans(question, max_shipments)
    assert bool(plan) == bool(all_there_are)
    if plan:
        assert score(question, plan, penalty) == min(score(question, other, penalty) for other in all_there_are)
        same = [o for o in all_there_are if score(question, o, penalty) == score(question, plan, penalty)]
        assert shipments(plan) == min(map(shipments, same))


@settings(max_examples=250, deadline=None)
@given(question=questions(), max_shipments=st.integers(1, 4))
def test_no_plan_has_fewer_shipments(question: Question, max_shipments: int) -> None:
    plan = MinSplits(FACTS, max_shipments=max_shipments).choose(question)
    all_there_are = all_plans(question, max_shipments)
    assert bool(plan) == bool(all_there_are)
    if plan:
        best = min((shipments(other), score(question, other)) for other in all_there_are)
        assert (shipments(plan), score(question, plan)) == best


@settings(max_examples=250, deadline=None)
@given(question=questions(), max_shipments=st.integers(1, 4))
def test_the_nearest_that_has_everything(question: Question, max_shipments: int) -> None:
    plan = Proximity(FACTS, max_shipments=max_shipments).choose(question)
    all_there_are = all_plans(question, max_shipments)
    assert bool(plan) == bool(all_there_are)
    whole = [c for c in range(question.n_candidates) if question.whole(c)]
    if whole:
        assert plan == question.all_from(whole[0])


@settings(max_examples=150, deadline=None)
@given(
    question=questions(most_lines=8, most_candidates=6),
    rule=st.sampled_from(RULES),
    max_shipments=st.integers(1, 5),
    split_lines=st.booleans(),
)
def test_long_orders_and_cut_lines(
    question: Question, rule: type[BuiltIn], max_shipments: int, split_lines: bool
) -> None:
    made = rule(FACTS, max_shipments=max_shipments, split_lines=split_lines)
    plan = made.choose(question)
    assert check_plan(question, plan, max_shipments) == ""
    assert compiled_plan(made, question) == plan
    whole = [c for c in range(question.n_candidates) if question.whole(c)]
    if whole:
        assert plan
        if rule is Cost:
            assert score(question, plan) <= min(score(question, question.all_from(c)) for c in whole)
    if not split_lines:
        assert all(units == question.units(line) for _, line, units in plan)


@settings(max_examples=100, deadline=None)
@given(question=questions(), rule=st.sampled_from(RULES), data=st.data())
def test_one_more_candidate_never_makes_it_dearer(question: Question, rule: type[BuiltIn], data: st.DataObject) -> None:
    made = rule(FACTS)
    without = question.n_candidates - 1
    assume(without > 0)
    fewer = Question(question.lines, question.n_lines, question.value, question.candidates[:without], question.left, question.stock)
    plan, before = made.choose(question), made.choose(fewer)
    assume(before)
    assert plan
    if rule is Cost:
        assert score(question, plan) <= score(question, before)
    if rule is MinSplits:
        assert shipments(plan) <= shipments(before)


def test_the_hub_and_the_stores() -> None:
    """Three lines, a hub with each in stock with probability .8, three stores with .6: all 4,096 cases.

    Taking first what the hub has makes 1.4774 shipments an order, the fewest that will do are 1.2065.
    """
    hub_first, fewest, filled = 0.0, 0.0, 0.0
    rule = MinSplits(RoutingFacts.flat())
    for has in itertools.product((0, 1), repeat=12):
        stock = np.array(has).reshape(4, 3)
        chance = float(np.prod(np.where(stock, [[0.8]] + [[0.6]] * 3, [[0.2]] + [[0.4]] * 3)))
        plan = rule.choose(Question.of([1, 1, 1], [1, 2, 3, 4], stock))
        if not plan:
            assert (stock.sum(axis=0) == 0).any()
            continue
        filled += chance
        fewest += chance * shipments(plan)
        rest = [line for line in range(3) if not stock[0, line]]
        others = rule.choose(Question.of([1] * len(rest), [2, 3, 4], stock[1:, rest])) if rest else []
        hub_first += chance * (shipments(others) + (len(rest) < 3))
    assert round(hub_first / filled, 4) == 1.4774
    assert round(fewest / filled, 4) == 1.2065


def test_ties_go_to_the_earlier_candidate() -> None:
    question = Question.of([1], [5, 5, 5], [[0], [1], [1]], locations=[2, 4, 9])
    for rule in RULES:
        assert rule(FACTS).choose(question) == [(1, 0, 1)]


def test_weight_turns_the_choice() -> None:
    """Band 1 starts lower, and rises faster."""
    def asked(grams: int) -> Question:
        return Question.of([1], [10, 13], [[1], [1]], grams=[grams], bands=[1, 0])

    assert [Cost(FACTS).choose(asked(grams))[0][0] for grams in (10, 20, 30, 40)] == [0, 0, 1, 1]


def test_what_is_worth_little_is_not_split() -> None:
    stock = [[1, 0], [0, 1]]
    for rule in RULES:
        made = rule(FACTS, split_min_value=20)
        assert made.choose(Question.of([1, 1], [1, 2], stock, value=20 * M - 1)) == []
        assert made.choose(Question.of([1, 1], [1, 2], stock, value=20 * M)) == [(0, 0, 1), (1, 1, 1)]


def test_lines_are_cut_only_where_that_is_allowed() -> None:
    question = Question.of([5], [1, 2, 3], [[2], [0], [4]])
    for rule in RULES:
        assert rule(FACTS).choose(question) == []
        assert rule(FACTS, split_lines=True).choose(question) == [(2, 0, 4), (0, 0, 1)]
        assert rule(FACTS, split_lines=True, max_shipments=1).choose(question) == []


def test_few_lookups_are_enough_where_a_near_one_has_everything() -> None:
    question = Question.of([1], [3, 4, 9], [[0], [1], [1]])
    for rule in RULES:
        assert compiled_plan(rule(FACTS), question, known=1) is None
        assert compiled_plan(rule(FACTS), question, known=2) == [(1, 0, 1)]


def test_a_plan_with_too_few_rows_is_not_overrun() -> None:
    rule, question = Proximity(FACTS, split_lines=True), Question.of([5], [1, 2], [[2], [4]])
    arguments: Any = (
        question.lines, 1, 0, question.candidates, 2, question.left, question.stock, rule.tariff, rule.settings,
        np.zeros((1, 3), np.int64),
    )  # fmt: skip
    assert rule.decide is not None
    assert rule.decide.plain(*arguments) == rule.decide.compiled(*arguments) == FULL


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_shipments": 0}, r"max_shipments\(=0\) must be a whole number >= 1"),
        ({"max_shipments": 2.0}, r"max_shipments\(=2.0\)"),
        ({"split_penalty": -1}, r"split_penalty\(=-1\) must be a number >= 0"),
        ({"split_min_value": float("nan")}, r"split_min_value\(=nan\)"),
        ({"reject_cooldown": -1}, r"reject_cooldown\(=-1\)"),
    ],
)
def test_impossible_parameters_are_refused(given: dict[str, Any], message: str) -> None:
    for rule in RULES:
        with pytest.raises(ValueError, match=message):
            rule(FACTS, **given)


@pytest.mark.parametrize(
    ("tariff", "message"),
    [
        (np.zeros((0, 1), np.int64), "shape"),
        (np.zeros((1, 1)), "float64"),
        (np.array([[1, 2]]), "begin with 0"),
        (np.array([[0, 2, 1]]), "not fall"),
    ],
)
def test_impossible_tariffs_are_refused(tariff: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RoutingFacts(tariff)


