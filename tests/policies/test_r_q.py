"""(r, Q), given and automatic."""

from __future__ import annotations

import numpy as np
import pytest

from policies.reorder import RQ, CellFacts, ReorderState
from policies.reorder.levels import base_stock_level
from tests.policies.inventory import order, positions_under_unit_demand, stock_figures


def test_textbook() -> None:
    # policies.md: λ = 2/d, L = 5 d, (10, 20): fill .937445, mean backorders .10424, mean on hand 10.6042
    rule = RQ(CellFacts.of(1), r=10, Q=20)
    positions = positions_under_unit_demand(rule, 5, 40)
    assert sorted(positions) == list(range(11, 31))
    figures = stock_figures(positions, 10.0)
    assert figures["fill"] == pytest.approx(0.937445, abs=5e-7)
    assert figures["backorders"] == pytest.approx(0.10424, abs=5e-6)
    assert figures["on_hand"] == pytest.approx(10.6042, abs=5e-5)


def test_orders_at_the_point_in_as_few_lots_as_it_takes() -> None:
    rule = RQ(CellFacts.of(1), r=10, Q=20)
    assert [order(rule, p) for p in (11, 10, -9, -10, -29, -30)] == [0, 20, 20, 40, 40, 60]


def test_a_negative_point_plans_backorders() -> None:
    rule = RQ(CellFacts.of(1), r=-13, Q=311)
    assert [order(rule, p) for p in (-12, -13)] == [0, 311]
    assert rule.order_points().tolist() == [-13]


def test_auto_r_covers_the_lead_time() -> None:
    cells = CellFacts.of(2, demand_mean=[2.0, 0.0], lead_time_mean=5.0)
    expected = base_stock_level([10.0, 0.0], [10.0, 0.0], 0.9)
    assert RQ(cells, Q=5, service=0.9).order_points().tolist() == expected.tolist()
    assert RQ(cells, Q=5, service=0.9, minimum=2).order_points().tolist() == [int(expected[0]), 2]


def test_auto_lot_is_the_economic_one() -> None:
    # K = 8, h = .05 * 4.5 = .225, λ = 1300: 304.047
    cells = CellFacts.of(2, demand_mean=[1300.0, 0.0], unit_cost=4.5)
    rule = RQ(cells, r=0, order_cost=8, holding_per_day=0.05)
    assert rule.lots.tolist() == [304, 1]


def test_order_points_are_the_callers_to_write_to() -> None:
    rule = RQ(CellFacts.of(2), r=3, Q=4)
    rule.order_points()[:] = 99
    assert rule.order_points().tolist() == [3, 3]


def test_state_of_many_cells() -> None:
    rule = RQ(CellFacts.of(4, demand_mean=[0.0, 1.0, 5.0, 50.0], lead_time_mean=1.0), Q=6)
    state = ReorderState(index=np.array([3, 0, 3]), position=np.array([0, 0, 500]))
    assert rule.quantities(state).tolist() == [66, 6, 0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"r": 1, "Q": 0}, r"Q\(=0\) must be a whole number >= 1"),
        ({"r": 1.5, "Q": 2}, r"r\(=1.5\)"),
        ({"r": 1}, r"Q: auto needs order_cost and holding_per_day, found order_cost\(=None\)"),
        ({"r": 1, "order_cost": 5, "holding_per_day": 0}, r"holding_per_day\(=0\) must be a number > 0"),
        ({"r": 1, "order_cost": -5, "holding_per_day": 1}, r"order_cost\(=-5\) must be a number >= 0"),
        ({"r": 1, "order_cost": 5, "holding_per_day": 1}, r"found 0 in cell 1"),
        ({"r": 1, "order_cost": 1e30, "holding_per_day": 1e-9, "Q": "auto"}, r"in cell 1"),
        ({"Q": 1, "service": 0}, r"service\(=0\)"),
    ],
)
def test_bad_parameters_are_echoed(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RQ(CellFacts.of(2, demand_mean=1, unit_cost=[1.0, 0.0]), **parameters)  # type: ignore[arg-type]


def test_costs_may_come_later_as_long_as_there_is_no_cell() -> None:
    # A scenario's rule is tried out before its cells and the scenario's costs are known.
    assert RQ(CellFacts.of(0), Q="auto").lots.shape == (0,)


def test_a_lot_beyond_reason_is_refused() -> None:
    with pytest.raises(ValueError, match=r"an automatic Q of .* a cell may have at most 100,000,000"):
        RQ(CellFacts.of(1, demand_mean=1, unit_cost=1.0), r=0, order_cost=1e30, holding_per_day=1e-3)
