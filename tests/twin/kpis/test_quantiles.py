"""Quantiles of histograms: against the order statistics they stand for."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.kpis.fabricate import LABELS, empty, web
from twin.kpis import orders
from twin.kpis.compute import compute
from twin.kpis.ledger import LAG_BINS, CostRates, lag_edge_us
from twin.kpis.orders import FINE_BINS, fine_bin, fine_edge_us
from twin.kpis.quantiles import fine_quantile_us, lag_quantile_us

HOUR = 3_600_000_000


def test_lag_quantile_of_exact_bins() -> None:
    histogram = np.zeros(LAG_BINS, dtype=np.int64)
    assert lag_quantile_us(histogram, 0.95) is None
    histogram[0] = 19
    assert lag_quantile_us(histogram, 0.95) == 0
    histogram[5] = 1
    assert lag_quantile_us(histogram, 0.95) == 0  # the 19th of 20
    assert lag_quantile_us(histogram, 0.96) == 5


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60), st.floats(0.01, 1))
def test_lag_quantile_lies_in_the_bin_of_the_order_statistic(lags: list[int], share: float) -> None:
    edges = np.array([lag_edge_us(b) for b in range(400)])
    bins = np.searchsorted(edges, lags, side="right") - 1
    histogram = np.bincount(bins, minlength=LAG_BINS)
    exact = sorted(lags)[math.ceil(share * len(lags)) - 1]
    found = lag_quantile_us(histogram, share)
    assert found is not None
    b = int(np.searchsorted(edges, exact, side="right") - 1)
    assert edges[b] <= found < edges[b + 1]


def fine(lags: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.bincount([fine_bin(lag) for lag in lags], minlength=FINE_BINS).astype(np.int64)


@given(st.integers(0, 2**63 - 1))
def test_every_lag_lies_between_the_edges_of_its_fine_bin(lag: int) -> None:
    b = fine_bin(lag)
    assert 0 <= b < FINE_BINS
    assert fine_edge_us(b) <= lag < fine_edge_us(b + 1)


def test_fine_bins_are_exact_first_and_then_32_to_each_doubling() -> None:
    edges = [fine_edge_us(b) for b in range(32 * 20)]
    assert edges[:65] == list(range(65))
    assert edges[65] == 66
    assert all(edges[b + 32] == 2 * edges[b] for b in range(32, 32 * 19))
    assert [fine_bin(edge) for edge in edges] == list(range(32 * 20))
    assert doctest.testmod(orders).failed == 0


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95, 1.0])
@pytest.mark.parametrize("law", ["exponential", "lognormal", "uniform"])
def test_fine_quantiles_are_those_of_numpy_to_three_percent(law: str, share: float) -> None:
    rng = np.random.default_rng(3)
    drawn = {
        "exponential": rng.exponential(5 * HOUR, 5000),
        "lognormal": rng.lognormal(math.log(HOUR), 2, 5000),
        "uniform": rng.uniform(0, 40, 5000),
    }[law].astype(np.int64)
    found = fine_quantile_us(fine(drawn.tolist()), share)
    assert found == pytest.approx(float(np.quantile(drawn, share, method="inverted_cdf")), rel=1 / 32, abs=0.5)


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_fine_quantile_lies_in_the_bin_of_the_order_statistic(lags: list[int], share: float) -> None:
    exact = sorted(lags)[math.ceil(share * len(lags)) - 1]
    found = fine_quantile_us(fine(lags), share)
    assert found is not None
    assert fine_edge_us(fine_bin(exact)) <= found < fine_edge_us(fine_bin(exact) + 1)


def test_times_of_orders_are_reported_in_hours() -> None:
    ledger = empty()
    found = web(ledger)
    assert not {"order_cycle_p50", "click_to_collect_p95", "pick_wait_p95"} & compute(
        ledger, LABELS, CostRates()
    ).overall().keys()
    found.cycle[:] = fine([HOUR * h for h in range(1, 101)])
    found.collect[:] = fine([2 * HOUR] * 7)
    found.wait[:] = fine([0] * 96 + [HOUR] * 4)
    frame = compute(ledger, LABELS, CostRates())
    assert frame.get("order_cycle_p50") == pytest.approx(50, rel=1 / 32)
    assert frame.get("order_cycle_p95") == pytest.approx(95, rel=1 / 32)
    assert frame.get("click_to_collect_p95") == pytest.approx(2, rel=1 / 32)
    assert frame.get("pick_wait_p95") == 0
    assert frame.by("location", "order_cycle_p50") == frame.by("channel", "order_cycle_p50") == {}
    assert compute(ledger, LABELS, CostRates(), kpis={"orders"}).overall() == {"orders": 0}
