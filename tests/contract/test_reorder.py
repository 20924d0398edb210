"""Every built-in reorder rule keeps the contract, with given and automatic parameters."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import registry
from policies.reorder import CellFacts, ReorderState
from policies.testing import check_reorder_policy

VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("base_stock", {"level": 14}),
    ("base_stock", {"level": 0}),
    ("base_stock", {"level": "auto", "service": 0.97}),
    ("base_stock", {"service": 0.5, "minimum": 4}),
    ("periodic", {"level": 28}),
    ("periodic", {"service": 0.99}),
    ("r_Q", {"r": 10, "Q": 20}),
    ("r_Q", {"r": -13, "Q": 311}),
    ("r_Q", {"r": 0, "Q": 1}),
    ("r_Q", {"Q": 7, "service": 0.9}),
    ("r_Q", {"order_cost": 50, "holding_per_day": 0.00055, "minimum": 1}),
    ("s_S", {"s": 4, "S": 10}),
    ("s_S", {"s": 4, "S": 10, "order_at": "<"}),
    ("s_S", {"s": -5, "S": -4}),
    ("s_S", {"service": 0.9, "cover_days": 3}),
]


def test_every_built_in_is_here() -> None:
    assert {name for name, _ in VARIANTS} == set(registry.names())


@pytest.mark.parametrize(("use", "given"), VARIANTS)
def test_contract(use: str, given: dict[str, Any]) -> None:
    check_reorder_policy(partial(registry.make, use, given=given))


def test_a_rule_for_no_cells_answers_nothing() -> None:
    for use, parameters in VARIANTS:
        rule = registry.make(use, CellFacts.of(0), parameters)
        assert rule.order_points().shape == (0,)
        nothing = np.zeros(0, np.int64)
        assert rule.quantities(ReorderState(nothing, nothing)).shape == (0,)


FACTS = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(1e-6, 1e4)),
        st.floats(0, 1e5),
        st.floats(0, 60),
        st.floats(0, 400),
        st.floats(0.01, 30),
        st.floats(0.01, 1e4),
        st.floats(0, 1e4),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(
    variant=st.sampled_from([pair for pair in VARIANTS if set(pair[1]) & {"service", "order_cost"}]),
    rows=FACTS,
    data=st.data(),
)
def test_contract_for_any_cells_and_states(
    variant: tuple[str, dict[str, Any]], rows: list[tuple[float, ...]], data: st.DataObject
) -> None:
    use, parameters = variant
    cells = CellFacts(*(np.array(column) for column in zip(*rows, strict=True)))
    size = data.draw(st.integers(1, 20))
    units = st.lists(st.integers(-(2**31), 2**31 - 1), min_size=size, max_size=size)
    index = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=size, max_size=size))
    state = ReorderState(np.array(index), np.array(data.draw(units)))
    check_reorder_policy(partial(registry.make, use, given=parameters), cells, lambda rule: state)
