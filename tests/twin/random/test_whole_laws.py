"""Laws of whole numbers against scipy's: every probability, and both moments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from scenarios.schema.distributions import NumberDistribution
from tests.twin.compiled import choices
from twin.random.laws import ONE, Whole, moments, negative_binomial, poisson, whole_law

RESOLUTION = 1 / ONE  # of a threshold


def largest_gap(law: Whole, exact: object) -> float:
    """Greatest difference of the two distribution functions."""
    values = law.first + np.arange(law.array.size)
    below = exact.cdf(law.first - 1)  # type: ignore[attr-defined]
    return float(max(below, np.abs(law.array / ONE - exact.cdf(values)).max()))  # type: ignore[attr-defined]


@given(st.floats(1e-4, 5e4))
@example(1e-9)
@example(0.5)
@example(1e6)
def test_poisson(mean: float) -> None:
    law = poisson(mean)
    assert largest_gap(law, stats.poisson(mean)) < 2 * RESOLUTION + 1e-12
    first, second = moments(law)
    assert first == pytest.approx(mean, rel=1e-6, abs=1e-8)
    assert second - first * first == pytest.approx(mean, rel=1e-5, abs=1e-7)


def test_no_demand_is_a_law_too() -> None:
    assert moments(poisson(0.0)) == (0.0, 0.0)


@settings(max_examples=60)
@given(st.floats(0.01, 5000), st.floats(1.01, 60))
@example(0.1, 50.0)  # rare and in bursts: most of the mean lies far out
@example(0.01, 1000.0)
@example(5000.0, 3.0)
def test_negative_binomial(mean: float, overdispersion: float) -> None:
    law = negative_binomial(mean, mean * overdispersion)
    p = 1 / overdispersion
    assert largest_gap(law, stats.nbinom(mean * p / (1 - p), p)) < 2 * RESOLUTION + 1e-9
    first, second = moments(law)
    assert first == pytest.approx(mean, rel=1e-4, abs=1e-6)
    assert second - first * first == pytest.approx(mean * overdispersion, rel=1e-3, abs=1e-5)


def test_a_negative_binomial_without_overdispersion_is_poisson() -> None:
    assert negative_binomial(3.0, 3.0) == poisson(3.0)


@pytest.mark.parametrize("mean", ["1", "1.3", "5", "200"])
def test_geometric_starts_at_one(mean: str) -> None:
    law = whole_law(NumberDistribution.model_validate({"dist": "geometric", "mean": mean}))
    assert law.first == 1
    if mean == "1":
        assert moments(law) == (1.0, 1.0)
    else:
        assert largest_gap(law, stats.geom(1 / float(mean))) < 2 * RESOLUTION + 1e-9
        assert moments(law)[0] == pytest.approx(float(mean), rel=1e-5)


def test_continuous_laws_are_rounded_to_whole_numbers_of_at_least_zero() -> None:
    law = whole_law(NumberDistribution.model_validate({"dist": "normal", "mean": "2", "sd": "2"}))
    assert law.first == 0
    exact = stats.norm(2, 2)
    for value in range(8):
        assert law.array[value] / ONE == pytest.approx(exact.cdf(value + 0.5), abs=1e-4)


def test_a_plain_number_is_that_number() -> None:
    law = whole_law(NumberDistribution.model_validate("6"))
    assert (law.first, law.array.tolist()) == (6, [ONE])


@given(st.lists(st.integers(0, ONE), max_size=20), st.lists(st.integers(0, ONE - 1), min_size=1, max_size=30))
def test_a_draw_is_the_first_threshold_above_it(thresholds: list[int], uniforms: list[int]) -> None:
    table = np.array([*sorted(thresholds), ONE], np.int64)
    at = np.array([*uniforms, 0, ONE - 1, *np.minimum(table, ONE - 1), *np.maximum(table - 1, 0)], np.int64)
    assert choices(table, at).tolist() == np.searchsorted(table, at, side="right").tolist()
