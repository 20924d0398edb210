"""Periodic review."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from policies.reorder import CellFacts, Periodic
from tests.policies.inventory import order


def test_textbook_negative_binomial() -> None:
    # policies.md: negative binomial (4, 12) a period, L = 3, S = 28: backorders .249563, fill .951044.
    # Stock ordered at a review must last R + L = 4 periods.
    rule = Periodic(CellFacts.of(1, review_days=1.0), level=28)
    target = 5 + order(rule, 5)
    demand = np.arange(3_000)

    def backorders(periods: int) -> float:
        law = stats.nbinom(2 * periods, 1 / 3).pmf(demand)
        return float((np.maximum(demand - target, 0) * law).sum())

    assert backorders(4) == pytest.approx(0.249563, abs=5e-7)
    assert 1 - (backorders(4) - backorders(3)) / 4 == pytest.approx(0.951044, abs=5e-7)


def test_auto_covers_the_review_period() -> None:
    near, far = (CellFacts.of(1, demand_mean=2, lead_time_mean=4, review_days=r) for r in (1.0, 7.0))
    assert Periodic(near, service=0.8).levels.tolist() == [stats.poisson(10).ppf(0.8)]
    assert Periodic(far, service=0.8).levels.tolist() == [stats.poisson(22).ppf(0.8)]


def test_needs_a_review_period() -> None:
    with pytest.raises(ValueError, match=r"review\(=0 days\) of a periodic rule must be above 0"):
        Periodic(CellFacts.of(2, review_days=[1.0, 0.0]), level=3)
    assert Periodic(CellFacts.of(0), level=3).order_points().shape == (0,)
