"""Base stock, given and automatic."""

from __future__ import annotations

import numpy as np
import pytest

from policies.reorder import BaseStock, CellFacts, ReorderState
from policies.reorder.levels import base_stock_level
from tests.policies.inventory import positions_under_unit_demand, stock_figures


def test_textbook_palm() -> None:
    # policies.md: λ = 2/d, L = 5 d, S = 14: fill .864464, backorders .186937, on hand 4.18694
    rule = BaseStock(CellFacts.of(1), level=14)
    figures = stock_figures(positions_under_unit_demand(rule, 0, 20), 10.0)
    assert figures["fill"] == pytest.approx(0.864464, abs=5e-7)
    assert figures["backorders"] == pytest.approx(0.186937, abs=5e-7)
    assert figures["on_hand"] == pytest.approx(4.18694, abs=5e-6)


def test_orders_what_is_missing() -> None:
    rule = BaseStock(CellFacts.of(3), level=5)
    assert [rule.quantity(ReorderState(index=1, position=p)) for p in (-3, 0, 4, 5, 9)] == [8, 5, 1, 0, 0]
    state = ReorderState(index=np.array([0, 1, 2]), position=np.array([-3, 5, 4], dtype=np.int32))
    assert rule.quantities(state).tolist() == [8, 0, 1]
    assert rule.order_points().tolist() == [4, 4, 4]


def test_level_zero_orders_only_what_is_owed() -> None:
    rule = BaseStock(CellFacts.of(1), level=0)
    assert [rule.quantity(ReorderState(index=0, position=p)) for p in (-2, 0, 1)] == [2, 0, 0]


def test_auto_is_per_cell_and_covers_lead_time() -> None:
    cells = CellFacts.of(3, demand_mean=[0.0, 2.0, 2.0], lead_time_mean=[5.0, 5.0, 1.0])
    expected = base_stock_level([0.0, 10.0, 2.0], [0.0, 10.0, 2.0], 0.97)
    assert BaseStock(cells, level="auto", service=0.97).levels.tolist() == expected.tolist()
    assert BaseStock(cells, service=0.97, minimum=3).levels.tolist() == np.maximum(expected, 3).tolist()


def test_positions_far_below_do_not_overflow() -> None:
    rule = BaseStock(CellFacts.of(1), level=100_000_000)
    state = ReorderState(index=np.array([0]), position=np.array([-2_000_000_000], dtype=np.int32))
    assert rule.quantities(state).tolist() == [2_100_000_000]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"level": -1}, r"level\(=-1\) must be a whole number >= 0"),
        ({"level": 2.5}, r"level\(=2.5\)"),
        ({"level": "high"}, r"level\(='high'\)"),
        ({"level": True}, r"level\(=True\)"),
        ({"level": 2**31}, r"level\(=2147483648\)"),
        ({"service": 1.0}, r"service\(=1.0\)"),
        ({"minimum": -2}, r"minimum\(=-2\)"),
    ],
)
def test_bad_parameters_are_echoed(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BaseStock(CellFacts.of(0), **parameters)  # type: ignore[arg-type]
