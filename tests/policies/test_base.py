"""The seam: facts, states, and the base class for rules of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.reorder import ALWAYS, NEVER, CellFacts, ReorderPolicy, ReorderState
from policies.reorder.own import Own


class OneAtATime(ReorderPolicy):
    """Written for one cell only."""

    def quantity(self, state: ReorderState) -> int:
        return max(0, 3 - int(state.position) + int(state.backordered))


class ManyAtOnce(ReorderPolicy):
    """Written for arrays only."""

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        short: NDArray[np.int64] = 3 - np.asarray(state.position, np.int64) + np.asarray(state.backordered)
        return np.maximum(short, 0)


STATES = ReorderState(
    index=np.array([0, 1, 1]), position=np.array([5, 0, 2]), backordered=np.array([0, 0, 4])
)


@pytest.mark.parametrize("rule", [OneAtATime(CellFacts.of(2)), ManyAtOnce(CellFacts.of(2))])
def test_either_method_gives_the_other(rule: ReorderPolicy) -> None:
    assert rule.quantities(STATES).tolist() == [0, 3, 5]
    assert rule.quantities(STATES).dtype == np.int64
    assert [rule.quantity(one) for one in STATES.each()] == [0, 3, 5]
    assert all(type(rule.quantity(one)) is int for one in STATES.each())


def test_a_rule_without_order_points_is_always_asked() -> None:
    assert OneAtATime(CellFacts.of(2)).order_points().tolist() == [ALWAYS, ALWAYS]
    assert (np.iinfo(np.int32).min, np.iinfo(np.int32).max) == (NEVER, ALWAYS)


def test_a_rule_must_decide() -> None:
    with pytest.raises(TypeError, match="Undecided must define quantity or quantities"):

        class Undecided(ReorderPolicy):
            pass


def test_each_splits_and_fills_in_what_is_the_same_for_all() -> None:
    state = ReorderState(index=np.array([4, 2]), position=np.array([1, -1]), on_hand=7)
    assert state.each() == [ReorderState(4, 1, 7, 0, 0), ReorderState(2, -1, 7, 0, 0)]
    assert all(type(one.position) is int for one in state.each())
    assert ReorderState(index=0, position=3).each() == [ReorderState(0, 3)]


def test_facts_from_numbers_take_no_memory() -> None:
    cells = CellFacts.of(10_000_000, demand_mean=1.0)
    assert len(cells) == 10_000_000
    assert cells.price.strides == (0,)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"demand_mean": -1.0}, r"demand_mean\(=-1.0\) must be a number >= 0"),
        ({"lead_time_mean": [1.0, np.nan]}, r"lead_time_mean\(=nan\)"),
        ({"unit_cost": [1.0, np.inf]}, r"unit_cost\(=inf\)"),
    ],
)
def test_bad_facts_are_echoed(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CellFacts.of(2, **facts)


def test_facts_of_different_lengths_are_refused() -> None:
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match=r"price has shape \(2,\), expected \(1,\) as demand_mean has"):
        CellFacts(one, one, one, one, one, one, two)


class Duck:
    """Somebody's own class: no base class, one method."""

    def __init__(self, cells: CellFacts, target: int = 4) -> None:
        self.target = target

    def quantity(self, state: ReorderState) -> int:
        return max(0, self.target - int(state.position))


class VectorDuck:
    """Somebody's own class with arrays and order points, in numpy's default types."""

    def quantities(self, state: ReorderState) -> Any:
        return np.maximum(4 - np.asarray(state.position), 0).astype(np.int32)

    def order_points(self) -> list[int]:
        return [3, 3]


def test_any_class_with_the_method_becomes_a_rule() -> None:
    cells = CellFacts.of(2)
    for rule in (Own(Duck(cells), cells), Own(VectorDuck(), cells)):
        assert rule.quantities(STATES).tolist() == [0, 4, 2]
        assert rule.quantities(STATES).dtype == np.int64
        assert [rule.quantity(one) for one in STATES.each()] == [0, 4, 2]
    assert Own(Duck(cells), cells).order_points().tolist() == [ALWAYS, ALWAYS]
    assert Own(VectorDuck(), cells).order_points().tolist() == [3, 3]
