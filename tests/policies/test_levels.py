"""Automatic levels: exact against the distributions themselves, one answer in every form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from policies.elementary import normal_quantile
from policies.kernel import FEW
from policies.reorder import CellFacts, levels
from policies.reorder.levels import auto_levels, base_stock_level, demand_level, demand_over, reorder_point


def one(mean: float, variance: float, service: float) -> int:
    return int(base_stock_level(mean, variance, service))


def negative_binomial(mean: float, variance: float) -> stats.rv_discrete:
    p = mean / variance
    return stats.nbinom(mean * p / (1 - p), p)


def test_newsvendor_with_poisson_demand() -> None:
    assert one(6, 6, 4 / (1 + 4)) == 8  # policies.md: Poisson(6), h = 1, p = 4


def test_the_palm_case_has_its_level() -> None:
    # 2/d over 5 d: P(D <= 14) = .9165 and P(D <= 13) = .8645
    assert one(10, 10, 0.90) == 14
    assert one(10, 10, 0.86) == 13


def test_classic_reorder_point() -> None:
    # policies.md: 50/d, L = 10, safety 100: ROP 600. With z = 1 the safety stock is sqrt(10 * 1000) = 100.
    assert reorder_point(50, 1000, 10, 0, service=0.8413447460685429) == pytest.approx(600, rel=1e-12)
    # the lead time's own spread: sqrt(4 * 25 + 100 * 4) = sqrt(500)
    assert reorder_point(10, 25, 4, 4, service=0.8413447460685429) == pytest.approx(40 + math.sqrt(500))


@pytest.mark.parametrize("mean", [0.001, 0.3, 1, 6, 10, 77.7, 320, 690])
@pytest.mark.parametrize("service", [0.05, 0.5, 0.8, 0.95, 0.99, 0.999999])
def test_poisson_demand_exactly(mean: float, service: float) -> None:
    assert one(mean, mean, service) == stats.poisson(mean).ppf(service)


@pytest.mark.parametrize(("mean", "ratio"), [(0.01, 1.6), (0.7, 3), (4, 3), (16, 3), (100, 1.5), (650, 9)])
@pytest.mark.parametrize("service", [0.3, 0.9, 0.97, 0.9999])
def test_negative_binomial_demand_exactly(mean: float, ratio: float, service: float) -> None:
    assert one(mean, mean * ratio, service) == negative_binomial(mean, mean * ratio).ppf(service)


def test_demand_steadier_than_poisson_is_normal() -> None:
    assert one(50, 64 / 4, 0.95) == math.ceil(50 + 1.6448536269514722 * 4)
    assert one(10, 0, 0.99) == 10
    assert one(7 * (1 / 7 + 1 / 7), 0, 0.99) == 2  # 2.0000000000000004 is 2 units
    assert one(0.2, 0.19, 0.001) == 0  # never below nothing


@pytest.mark.parametrize("service", [0.01, 0.5, 0.9, 0.99, 0.9999])
@pytest.mark.parametrize("mean", [750, 5_000, 1e6])
@pytest.mark.parametrize("ratio", [1, 1.3, 4])
def test_large_means_by_expansion(mean: float, ratio: float, service: float) -> None:
    law = stats.poisson(mean) if ratio == 1 else negative_binomial(mean, mean * ratio)
    assert abs(one(mean, mean * ratio, service) - law.ppf(service)) <= 1


def test_large_and_lumpy_means_on_a_coarser_lattice() -> None:
    mean, variance = 2.5e6, (2.5e6) ** 2  # an exponential lead time
    assert one(mean, variance, 0.95) == pytest.approx(negative_binomial(mean, variance).ppf(0.95), rel=1e-4)


def test_nearly_equal_moments_are_poisson() -> None:
    assert one(6 * (1 + 1e-12), 6, 0.8) == one(6, 6 * (1 + 1e-12), 0.8) == 8
    # and just beyond that the two laws agree
    assert all(one(6, 6 * (1 + 1e-8), s) == one(6, 6, s) for s in (0.1, 0.5, 0.8, 0.95))


def test_no_demand_needs_no_stock() -> None:
    assert base_stock_level([0.0, 0.0], [0.0, 3.0], 0.99).tolist() == [0, 0]


def test_shapes_are_broadcast() -> None:
    assert base_stock_level([[1.0], [6.0]], [[1.0], [6.0]], 0.8).tolist() == [[2], [8]]
    assert base_stock_level([], [], 0.8).shape == (0,)
    assert base_stock_level([6.0, 6.0], 6.0, 0.8).dtype == np.int32


@pytest.mark.parametrize("service", [0, 1, -0.1, 1.5, math.nan, True, "high"])
def test_service_out_of_range(service: float) -> None:
    with pytest.raises(ValueError, match=r"service\(=.*\) must be strictly between 0 and 1"):
        base_stock_level(1.0, 1.0, service)


def test_bad_moments_are_echoed() -> None:
    with pytest.raises(ValueError, match=r"mean\(=-1.0\) must be a number >= 0"):
        base_stock_level([-1.0], [1.0], 0.9)
    with pytest.raises(ValueError, match=r"variance\(=nan\)"):
        base_stock_level([1.0], [math.nan], 0.9)
    with pytest.raises(ValueError, match="mean demand 3e\\+09 asks for a level beyond"):
        base_stock_level([1.0, 3e9], [1.0, 3e9], 0.9)


@given(
    mean=st.floats(1e-3, 2_000),
    ratio=st.one_of(st.floats(0.0, 0.99), st.floats(1.0, 1.0), st.floats(1.01, 20)),
    service=st.floats(0.01, 0.9999),
    more=st.floats(0.0, 0.00005),
)
def test_level_rises_with_service(mean: float, ratio: float, service: float, more: float) -> None:
    assert one(mean, mean * ratio, service) <= one(mean, mean * ratio, service + more)


def random_moments(n: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(11)
    mean = draw.lognormal(0.0, 2.5, n)
    variance = mean * draw.choice([0.0, 0.6, 1.0, 1.0 + 1e-10, 1.4, 3.0, 40.0], n)
    mean[::50] = 0.0
    return mean, variance


@pytest.mark.parametrize("service", [0.2, 0.95, 0.997])
def test_compiled_and_plain_decide_alike(service: float) -> None:
    mean, variance = random_moments(3_000)
    z = normal_quantile(service)
    compiled = demand_level.compiled
    for m, v in zip(mean.tolist(), variance.tolist(), strict=True):
        assert demand_level(m, v, service, z) == compiled(m, v, service, z), (m, v)


def test_many_cells_get_what_few_get(monkeypatch: pytest.MonkeyPatch) -> None:
    mean, variance = (np.repeat(x, 3) for x in random_moments(3_000))
    assert mean.size > FEW
    many = base_stock_level(mean, variance, 0.95)
    monkeypatch.setattr(levels, "numba_available", lambda: False)
    assert (many == base_stock_level(mean, variance, 0.95)).all()


def test_a_table_too_small_for_all_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    mean, variance = random_moments(6_000)
    expected = base_stock_level(mean, variance, 0.95)
    monkeypatch.setattr(levels, "SLOTS", 4)
    assert (base_stock_level(mean, variance, 0.95) == expected).all()


def test_demand_over_a_random_time() -> None:
    mean, variance = demand_over([2.0, 0.0], [3.0, 0.0], 5.0, [4.0, 4.0])
    assert mean.tolist() == [10.0, 0.0]
    assert variance.tolist() == [3 * 5 + 2 * 2 * 4, 0.0]


def test_auto_levels_cover_lead_time_and_review(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = CellFacts.of(
        7, demand_mean=np.arange(7.0), lead_time_mean=2.0, lead_time_variance=1.0, review_days=1.0
    )
    d = np.arange(7.0)
    expected = base_stock_level(3 * d, 3 * d + d * d, 0.9)
    assert (auto_levels(cells, 0.9) == expected).all()
    assert (auto_levels(cells, 0.9, minimum=5) == np.maximum(expected, 5)).all()
    monkeypatch.setattr(levels, "CHUNK", 3)
    assert (auto_levels(cells, 0.9) == expected).all()
