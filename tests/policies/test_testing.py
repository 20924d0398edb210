"""The contract suite finds each way of breaking the contract."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.reorder import ALWAYS, NEVER, BaseStock, CellFacts, ReorderPolicy, ReorderState
from policies.testing import check_reorder_policy, sample_cells


class Good(BaseStock):
    """What the broken ones break; scalar follows vector here, so that each breaks one promise."""

    def __init__(self, cells: CellFacts) -> None:
        super().__init__(cells, level=5)

    def quantity(self, state: ReorderState) -> int:
        return ReorderPolicy.quantity(self, state)


class Negative(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        return 5 - np.asarray(state.position, np.int64)


class WrongType(Good):
    def quantities(self, state: ReorderState) -> NDArray[Any]:
        return super().quantities(state).astype(np.float64)


class NotAnArray(Good):
    def quantities(self, state: ReorderState) -> Any:
        return super().quantities(state).tolist()


class WrongShape(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        return super().quantities(state)[:1]


class Remembers(Good):
    asked = 0

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        self.asked += 1
        return super().quantities(state) + (self.asked > 3)


class Writes(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        state.position[0] = 0  # type: ignore[index]
        return super().quantities(state)


class LooksAtNeighbours(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        answer = super().quantities(state)
        if len(answer) and state.position[0] <= np.median(state.position):  # type: ignore[index]
            answer[:1] += 1
        return answer


class HandsOutItsOwn(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        fresh = super().quantities(state)
        kept: NDArray[np.int64] = self.__dict__.setdefault(f"kept{len(fresh)}{fresh[:9].sum()}", fresh)
        return kept


class Aliases(Good):
    def order_points(self) -> NDArray[np.int32]:
        return np.full(self.cells, ALWAYS, np.int32)

    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        inbound = state.inbound
        assert isinstance(inbound, np.ndarray)
        return inbound.view(np.int64)


class TwoMinds(Good):
    def quantity(self, state: ReorderState) -> int:
        return max(0, 6 - int(state.position))


class NotAnInt(Good):
    def quantity(self, state: ReorderState) -> Any:
        return np.int64(super().quantity(state))


class PointTooLow(Good):
    def order_points(self) -> NDArray[np.int32]:
        return super().order_points() - np.int32(1)


class PointTooHigh(Good):
    def order_points(self) -> NDArray[np.int32]:
        return super().order_points() + np.int32(1)


class OrdersForTheUnsupplied(Good):
    def order_points(self) -> NDArray[np.int32]:
        return np.full(self.cells, NEVER, np.int32)


class WrongPoints(Good):
    def order_points(self) -> NDArray[Any]:
        return super().order_points().astype(np.int64)


class FewPoints(Good):
    def order_points(self) -> NDArray[np.int32]:
        return super().order_points()[:-1]


class SharedPoints(Good):
    def __init__(self, cells: CellFacts) -> None:
        super().__init__(cells)
        self.points = super().order_points()

    def order_points(self) -> NDArray[np.int32]:
        return self.points


class Dice(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        random.random()
        return super().quantities(state)


class NumpyDice(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        np.random.random()
        return super().quantities(state)


class Unpicklable(Good):
    def __init__(self, cells: CellFacts) -> None:
        super().__init__(cells)
        self.extra = lambda: 0


class CountsItself(Good):
    made = 0

    def __init__(self, cells: CellFacts) -> None:
        super().__init__(cells)
        type(self).made += 1
        self.levels = self.levels + np.int32(type(self).made)


class ForgetsInbound(Good):
    def quantities(self, state: ReorderState) -> NDArray[np.int64]:
        return np.maximum(5 - np.asarray(state.on_hand, np.int64), 0)

    def order_points(self) -> NDArray[np.int32]:
        return np.full(self.cells, ALWAYS, np.int32)


def test_a_good_rule_passes() -> None:
    check_reorder_policy(Good)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Negative, "a negative order: -"),
        (WrongType, "quantities returned float64, not int64"),
        (NotAnArray, "quantities returned list, not an array"),
        (WrongShape, "quantities returned shape"),
        (Remembers, "differ"),
        (LooksAtNeighbours, "the same states in another order"),
        (HandsOutItsOwn, "a caller who wrote into the last answer"),
        (Aliases, "the answer is a view of the state's inbound"),
        (TwoMinds, "quantity says .* and quantities"),
        (NotAnInt, "quantity returned int64, not int"),
        (PointTooLow, "an order above the order point"),
        (PointTooHigh, "no order at the order point"),
        (OrdersForTheUnsupplied, "an order above the order point"),
        (WrongPoints, "order_points returned int64, not int32"),
        (FewPoints, "order_points returned shape"),
        (SharedPoints, "order_points changes when its last answer is written to"),
        (Dice, "the rule draws from the module random"),
        (NumpyDice, "the rule draws from numpy.random"),
        (CountsItself, "a rule built again"),
        (ForgetsInbound, "an order for what is on order"),
    ],
)
def test_each_broken_promise_is_found(broken: type[ReorderPolicy], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_reorder_policy(broken)


def test_a_rule_that_writes_into_the_state_is_stopped() -> None:
    with pytest.raises(ValueError, match="read-only"):
        check_reorder_policy(Writes)


def test_a_rule_that_cannot_be_sent_to_another_process_is_found() -> None:
    with pytest.raises((AttributeError, TypeError), match=r"pickle|lambda"):
        check_reorder_policy(Unpicklable)


def test_instalments_can_be_allowed() -> None:
    class Instalments(Good):
        def quantities(self, state: ReorderState) -> NDArray[np.int64]:
            return np.minimum(super().quantities(state), 2)

    globals()["Instalments"] = Instalments
    Instalments.__qualname__ = "Instalments"
    check_reorder_policy(Instalments, settles=False)
    with pytest.raises(AssertionError, match="an order for what is on order"):
        check_reorder_policy(Instalments)


def test_sample_cells_are_varied_and_the_same_each_time() -> None:
    cells = sample_cells()
    assert (cells.demand_mean == sample_cells().demand_mean).all()
    assert cells.demand_mean[0] == 0
    assert (cells.demand_variance > cells.demand_mean).any()
    assert (cells.demand_variance < cells.demand_mean).any()
