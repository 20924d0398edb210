"""The economic order quantity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reorder.eoq import eoq, whole_eoq


def test_textbook() -> None:
    # policies.md: K = 8, h = .225, λ = 1300: 304.047 and 68.4105; 18,250/y, K = 50, h = 2: 955
    quantity, cost = eoq(order_cost=8, holding=0.225, demand=1300)
    assert quantity == pytest.approx(304.047, abs=5e-4)
    assert cost == pytest.approx(68.4105, abs=5e-5)
    assert eoq(order_cost=50, holding=2, demand=18_250)[0] == pytest.approx(955, abs=0.5)


@given(
    order_cost=st.floats(0.01, 1e4), holding=st.floats(1e-3, 1e3), demand=st.floats(0.01, 1e4)
)
def test_the_whole_quantity_costs_least(order_cost: float, holding: float, demand: float) -> None:
    def cost(quantity: int) -> float:
        return order_cost * demand / quantity + holding * quantity / 2

    best = int(whole_eoq(order_cost, [holding], [demand])[0])
    neighbours = [best + 1] + ([best - 1] if best > 1 else [])
    assert all(cost(best) <= cost(other) * (1 + 1e-12) for other in neighbours)


def test_without_demand_or_order_cost_one_at_a_time() -> None:
    assert whole_eoq(8, [1.0], [0.0]).tolist() == [1]
    assert whole_eoq(0, [1.0], [5.0]).tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 1, 1), r"order_cost\(=-1\) must be a number >= 0"),
        ((1, 0, 1), r"holding\(=0\) must be a number > 0"),
        ((1, 1, float("nan")), r"demand\(=nan\)"),
    ],
)
def test_bad_arguments_are_echoed(arguments: tuple[float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        eoq(*arguments)


def test_bad_holding_in_an_array_is_echoed() -> None:
    with pytest.raises(ValueError, match=r"holding\(=-2\) must be a number > 0"):
        whole_eoq(1, [1.0, -2.0], [1.0, 1.0])
