from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twin.kpis.intervals import (
    Difference,
    estimate,
    mser5,
    paired,
    quantile_interval,
    suggest_warmup,
    t_quantile,
    welch,
)

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("p", "degrees", "t"), [(0.975, 9, 2.2622), (0.95, 1, 6.3138), (0.975, 1e9, 1.95996)]
)
def test_quantiles_of_the_t_table(p: float, degrees: float, t: float) -> None:
    assert t_quantile(p, degrees) == pytest.approx(t, abs=5e-5)


def test_estimate_of_law() -> None:
    """Law's ten observations: 1.34 ± 0.24 at 90 %."""
    e = estimate([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09], level=0.90)
    assert e.n == 10
    assert e.mean == pytest.approx(1.343)
    assert e.sd == pytest.approx(math.sqrt(0.17), abs=0.005)
    assert e.half_width == pytest.approx(0.24, abs=0.005)


@given(VALUES)
def test_estimate_agrees_with_scipy(values: list[float]) -> None:
    e = estimate(values)
    x = np.array(values)
    assert e.mean == pytest.approx(x.mean(), abs=1e-6)
    assert e.sd == pytest.approx(x.std(ddof=1), abs=1e-6)
    half = stats.t.ppf(0.975, len(x) - 1) * x.std(ddof=1) / math.sqrt(len(x))
    assert e.half_width == pytest.approx(half, rel=1e-9, abs=1e-6)


def test_one_value_has_no_interval() -> None:
    e = estimate([3.0])
    assert (e.mean, e.sd, e.interval, e.half_width, e.n) == (3.0, None, None, None, 1)


def test_equal_values_have_an_interval_of_no_length() -> None:
    e = estimate([0.1] * 3)
    assert e.interval == (e.mean, e.mean)
    assert e.sd == 0


@given(VALUES, st.integers(-1000, 1000))
def test_a_constant_shift_is_found_whatever_the_noise(values: list[float], shift: int) -> None:
    whole = [float(round(v)) for v in values]
    d = paired([v + shift for v in whole], whole)
    assert d.interval == pytest.approx((shift, shift), abs=0)
    assert d.paired
    assert bool(d.significant) == (shift != 0)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=2, max_size=20))
def test_differences_agree_with_scipy(pairs: list[tuple[float, float]]) -> None:
    x, y = (np.array(side) for side in zip(*pairs, strict=True))
    d, w = paired(x, y), welch(x, y)
    assert d.mean == pytest.approx(w.mean, abs=1e-9)
    half = stats.t.ppf(0.975, len(x) - 1) * (x - y).std(ddof=1) / math.sqrt(len(x))
    assert d.half_width == pytest.approx(half, abs=1e-6)
    if x.std() > 1e-6 and y.std() > 1e-6:
        low, high = stats.ttest_ind(x, y, equal_var=False).confidence_interval(0.95)
        assert w.interval == pytest.approx((low, high), rel=1e-6, abs=1e-6)


@given(VALUES, VALUES)
def test_swapping_sides_turns_the_sign(x: list[float], y: list[float]) -> None:
    one, other = welch(x, y), welch(y, x)
    assert one.mean == -other.mean
    assert one.half_width == pytest.approx(other.half_width, abs=1e-6)


def test_welch_of_single_values_has_no_interval() -> None:
    assert welch([2.0], [1.0, 1.5]) == Difference(0.75, None, 1, paired=False)
    assert welch([2.0], [1.0, 1.5]).significant is None
    assert welch([2.0, 2.0], [1.0, 1.0]).interval == (1.0, 1.0)


def test_significance_is_an_interval_without_zero() -> None:
    assert paired([1.0, 1.1, 0.9], [0.0, 0.0, 0.0]).significant is True
    assert paired([1.0, -1.1, 0.9], [0.0, 0.0, 0.0]).significant is False
    assert paired([1.0, 2.0], [1.0, 2.0]).significant is False


def test_quantile_interval_of_the_median() -> None:
    """Six values bracket the median with probability 1 - 2/64; five cannot reach 95 %."""
    found = quantile_interval([5, 1, 4, 2, 6, 3], 0.5)
    assert found is not None
    assert (found.low, found.high) == (1, 6)
    assert found.confidence == pytest.approx(1 - 2 / 64)
    assert quantile_interval([5, 1, 4, 2, 3], 0.5) is None


@pytest.mark.parametrize(("n", "share", "level"), [(9, 0.5, 0.9), (12, 0.4, 0.8), (15, 0.7, 0.9)])
def test_quantile_interval_has_its_confidence(n: int, share: float, level: float) -> None:
    """Count, over all patterns of values below the quantile, those whose order statistics bracket it."""
    found = quantile_interval(range(n), share, level)
    assert found is not None
    covered = math.fsum(
        share ** sum(below) * (1 - share) ** (n - sum(below))
        for below in itertools.product((0, 1), repeat=n)
        if found.low < sum(below) <= found.high  # values 0 .. n-1: the k-th smallest is k - 1
    )
    assert covered == pytest.approx(found.confidence)
    assert found.confidence >= level


def test_mser_cuts_a_ramp_and_no_more() -> None:
    rng = np.random.default_rng(1)
    series = np.concatenate([np.linspace(0, 50, 40), np.full(400, 50.0)]) + rng.normal(0, 1, 440)
    advice = mser5(series)
    assert advice.settled
    assert 35 <= advice.observations <= 60


def test_mser_leaves_a_steady_series_alone() -> None:
    assert mser5(np.full(100, 7.0)) == mser5([0.0] * 100)
    assert mser5(np.full(100, 7.0)).observations == 0
    assert mser5(np.tile([1.0, 2.0, 3.0, 4.0, 5.0], 20)).observations == 0


def test_mser_says_when_a_series_never_settles() -> None:
    assert not mser5(np.arange(200.0) ** 2).settled
    assert not mser5([1.0] * 9).settled
    assert not mser5([]).settled


@given(st.lists(st.integers(-1000, 1000), min_size=10, max_size=120), st.integers(1, 5), st.integers(-99, 99))
def test_mser_does_not_depend_on_scale_or_level(series: list[int], scale: int, level: int) -> None:
    """White's statistic, computed without any shortcut, is as small at the cut as anywhere."""
    batches = len(series) // 5
    z = [math.fsum(series[5 * i : 5 * i + 5]) / 5 for i in range(batches)]

    def statistic(cut: int) -> float:
        kept = np.array(z[cut:])
        return float(((kept - kept.mean()) ** 2).sum() / len(kept) ** 2)

    best = min(statistic(cut) for cut in range(batches - 1))
    advice = mser5([scale * x + level for x in series])
    assert advice.observations % 5 == 0
    if advice.settled:
        assert statistic(advice.observations // 5) == pytest.approx(best, rel=1e-6, abs=1e-9)
    else:
        assert min(range(batches - 1), key=statistic) > 0


def test_the_longest_warmup_is_suggested_and_named() -> None:
    flat = np.full(100, 3.0)
    slow = np.concatenate([np.linspace(0, 9, 20), np.full(80, 9.0)])
    advice, name = suggest_warmup([{"sold": flat, "on_hand": slow}] * 3)
    assert (advice.observations, advice.settled, name) == (20, True, "on_hand")
    assert suggest_warmup([{"sold": flat}]) == (mser5(flat), "")
    assert suggest_warmup([])[0].observations == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: estimate([]), "at least one value"),
        (lambda: estimate([1.0], level=1.0), r"level\(=1.0\)"),
        (lambda: paired([1.0], [1.0, 2.0]), "one length, got 1 and 2"),
        (lambda: quantile_interval([1.0], 0.0), r"share\(=0.0\)"),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call()
