"""What no cell can hold is refused before it overflows anything."""

from __future__ import annotations

import pytest

from policies.reorder import LARGEST, RQ, SS, BaseStock, CellFacts, ReorderPolicy, ReorderState


@pytest.mark.parametrize(
    ("rule", "parameters", "name"),
    [
        (BaseStock, {"level": 100_000_001}, "level"),
        (BaseStock, {"level": 2_000_000_000}, "level"),
        (BaseStock, {"minimum": 2_000_000_000}, "minimum"),
        (RQ, {"r": 2_000_000_000, "Q": 1}, "r"),
        (RQ, {"r": 1, "Q": 1_500_000_000}, "Q"),
        (SS, {"s": 1, "S": 2_000_000_000}, "S"),
    ],
)
def test_more_than_a_cell_can_hold_is_refused(rule: type[ReorderPolicy], parameters: dict[str, int], name: str) -> None:
    with pytest.raises(ValueError, match=rf"{name}\(=.*\) must be at most 100,000,000 units a cell"):
        rule(CellFacts.of(1), **parameters)


@pytest.mark.parametrize("rule", [BaseStock, RQ, SS])
def test_an_automatic_level_of_more_than_a_cell_can_hold_is_refused(rule: type[ReorderPolicy]) -> None:
    with pytest.raises(ValueError, match=r"an automatic level of 200,.* at most 100,000,000"):
        rule(CellFacts.of(1, demand_mean=2e8, lead_time_mean=1))


def test_a_level_over_ages_is_refused() -> None:
    with pytest.raises(ValueError, match=r"an automatic S of .* units: a cell may have at most 100,000,000"):
        SS(CellFacts.of(1, demand_mean=1), s=0, cover_days=1e300)


def test_the_most_that_a_cell_can_hold_is_accepted() -> None:
    rule = RQ(CellFacts.of(1), r=LARGEST - 1, Q=1)
    assert rule.quantity(ReorderState(index=0, position=0)) == LARGEST
    with pytest.raises(ValueError, match=r"r \+ Q of 100,000,001 units: a cell may have at most"):
        RQ(CellFacts.of(1), r=LARGEST, Q=1)
    with pytest.raises(ValueError, match=r"r\(=-100000001\) must be a whole number >= -100000000"):
        RQ(CellFacts.of(1), r=-LARGEST - 1, Q=1)
