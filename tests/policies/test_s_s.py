"""(s, S), given and automatic."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from policies.reorder import SS, CellFacts
from policies.reorder.levels import base_stock_level
from tests.policies.inventory import order, stationary


def cost_per_period(rule: SS, lowest: int = -60, highest: int = 10) -> float:
    """Mean cost of a period with Poisson(6) demand, K = 5, h = 1, p = 4, orders arriving at once."""
    k = np.arange(80)
    law = stats.poisson(6).pmf(k)
    n = highest - lowest + 1
    moves, cost = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        quantity = order(rule, lowest + i)
        left = lowest + i + quantity - k
        held = np.maximum(left, 0) + 4.0 * np.maximum(-left, 0)
        cost[i] = 5.0 * (quantity > 0) + float((law * held).sum())
        np.add.at(moves[i], np.maximum(left - lowest, 0), law)
    return float(stationary(moves) @ cost)


def test_textbook() -> None:
    # policies.md: Poisson 6 a period, K = 5, h = 1, p = 4: (4, 10) costs 8.03411
    assert cost_per_period(SS(CellFacts.of(1), s=4, S=10)) == pytest.approx(8.03411, abs=5e-6)


def test_the_textbooks_pair_is_the_best_of_its_neighbours() -> None:
    best = cost_per_period(SS(CellFacts.of(1), s=4, S=10))
    for s, S in ((3, 10), (5, 10), (4, 9)):
        assert cost_per_period(SS(CellFacts.of(1), s=s, S=S)) > best


def test_texts_differ_about_the_point_itself() -> None:
    at, below = SS(CellFacts.of(1), s=4, S=10), SS(CellFacts.of(1), s=4, S=10, order_at="<")
    assert [order(at, p) for p in (5, 4, 3)] == [0, 6, 7]
    assert [order(below, p) for p in (5, 4, 3)] == [0, 0, 7]
    assert at.order_points().tolist() == [4]
    assert below.order_points().tolist() == [3]


def test_auto() -> None:
    cells = CellFacts.of(3, demand_mean=[0.0, 2.0, 0.1], lead_time_mean=5.0)
    rule = SS(cells, service=0.9, cover_days=30)
    points = base_stock_level([0.0, 10.0, 0.5], [0.0, 10.0, 0.5], 0.9)
    assert rule.order_points().tolist() == points.tolist()
    assert (rule.targets - points).tolist() == [1, 60, 3]
    assert SS(cells, s=2, cover_days=30).targets.tolist() == [3, 62, 5]
    assert SS(cells, service=0.9, S=40, minimum=7).order_points().tolist() == [7, int(points[1]), 7]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"s": 10, "S": 4}, r"S\(=4\) must be above s\(=10\)"),
        ({"s": 4, "S": 4}, r"S\(=4\) must be above s\(=4\)"),
        ({"S": 12}, r"S\(=12\) must be above s\(=15\), in cell 1"),
        ({"s": 1, "S": 4, "order_at": "=<"}, r"order_at\(='=<'\) must be '<=' or '<'"),
        ({"cover_days": -1}, r"cover_days\(=-1\)"),
        ({"s": 0, "cover_days": 1e12}, "an automatic S of"),
        ({"s": "low", "S": 4}, r"s\(='low'\)"),
        ({"service": 2}, r"service\(=2\)"),
    ],
)
def test_bad_parameters_are_echoed(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SS(CellFacts.of(2, demand_mean=[1.0, 2.0], lead_time_mean=5.0), **parameters)  # type: ignore[arg-type]


def test_contradictions_are_found_without_any_cell() -> None:
    with pytest.raises(ValueError, match=r"S\(=4\) must be above s\(=10\)"):
        SS(CellFacts.of(0), s=10, S=4)
