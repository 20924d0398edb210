"""Surges multiply, wherever they coincide and however demand is stated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scenarios import ScenarioError
from tests.twin.scenes import TWO_STORES, lines_of, plan_of
from twin.clock import DAY
from twin.simulate import Plan

RANGED = "assortment: {skus: [A, B]}"
RATES = "pos: [{at: {ids: [S1]}, sku: A, rate: 500/d}, {at: {ids: [S1]}, sku: B, rate: 500/d}]"
WHOLE = "pos: {at: {ids: [S1]}, lines_per_day: 1000}"


def surge(name: str, day: int, length: int, times: float, where: str) -> str:
    date = datetime.fromtimestamp((plan_start() + day * DAY) / 1e6, UTC).date()
    return f"{{name: {name}, from: {date}, for: {length}d, times: {times}, where: {where}}}"


def plan_start() -> int:
    return plan_of(TWO_STORES).scenario.start_us


def planned(demand: str, *surges: str) -> Plan:
    return plan_of(TWO_STORES, RANGED, f"demand: {{{demand}, surges: [{', '.join(surges)}]}}")


def rates(plan: Plan, sku: str) -> list[float]:
    """Expected lines of a SKU on each day of the week, over all streams."""
    tables, found = plan.tables, [0.0] * plan.days
    number = plan.items.index[sku]
    from twin.demand.rhythm import patterns

    assert len(tables.location) == len(plan.demand.streams)
    for stream in plan.demand.streams:
        factor = patterns(stream.rhythm, plan.scenario.start_us, plan.days)
        share = float(stream.choice.share[stream.choice.sku == number].sum())
        for day in range(plan.days):
            found[day] += stream.per_day * share * float(factor.factor[factor.of_day[day]])
    return found


TOYS, FOOD, ALL = "{category: toys}", "{category: food}", "{kind: store}"


@pytest.mark.parametrize("demand", [RATES, WHOLE])
def test_surges_that_coincide_multiply(demand: str) -> None:
    plan = planned(
        demand, surge("one", 1, 3, 3, TOYS), surge("two", 2, 3, 3, TOYS), surge("three", 3, 1, 2, TOYS),
        surge("food", 1, 5, 5, FOOD), surge("all", 3, 2, 2, ALL),
    )  # fmt: skip
    assert rates(plan, "B") == pytest.approx([500, 1500, 4500, 500 * 3 * 3 * 2 * 2, 500 * 3 * 2, 500, 500])
    assert rates(plan, "A") == pytest.approx([500, 2500, 2500, 5000, 5000, 2500, 500])


def test_surges_that_share_some_skus_multiply_for_those() -> None:
    plan = planned(WHOLE, surge("both", 0, 7, 3, "{category: [toys, food]}"), surge("toys", 1, 1, 2, TOYS))
    assert rates(plan, "B") == pytest.approx([1500, 3000, *[1500] * 5])
    assert rates(plan, "A") == pytest.approx([1500] * 7)


def test_what_is_sold_follows() -> None:
    plan = planned(WHOLE, surge("one", 2, 1, 3, TOYS), surge("two", 2, 1, 3, TOYS))
    sold = sum(line.sku == "B" for line in lines_of(plan) if 2 <= line.day < 3)
    assert 4500 - 300 < sold < 4500 + 300


def test_a_surge_more_leaves_the_draws_of_the_others() -> None:
    one, two = surge("one", 1, 3, 3, TOYS), surge("two", 2, 3, 3, TOYS)
    before, after = lines_of(planned(WHOLE, one)), lines_of(planned(WHOLE, one, two))
    assert set(before) <= set(after)


def test_more_at_once_than_there_is_room_for_are_refused() -> None:
    many = [surge(f"s{i}", 0, 2, 2, TOYS) for i in range(9)]
    with pytest.raises(ScenarioError, match=r"demand\.surges.*: too many surges of some SKUs .*at most 8"):
        planned(WHOLE, *many)
    assert len(planned(RATES, *many).demand.streams) == 2
