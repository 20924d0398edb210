"""Inversion from integer tables, against the exact quantiles, moments and tails of every law."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from scenarios.schema.distributions import DurationDistribution
from tests.twin.compiled import draws
from twin.random.laws import duration_table, quantiles_at
from twin.random.tables import STEPS, quantile_draw_plain

HOUR = 3_600e6  # µs
ALL = 2**32

# Each law as a scenario states it, and as scipy knows it (µs).
LAWS: dict[str, tuple[dict[str, Any], Any]] = {
    "exponential": ({"mean": "2h"}, stats.expon(scale=2 * HOUR)),
    "lognormal": (
        {"mean": "2h", "cv": "1"},
        stats.lognorm(np.sqrt(np.log(2)), scale=2 * HOUR / np.sqrt(2)),
    ),
    "gamma": ({"mean": "2h", "cv": "0.5"}, stats.gamma(4, scale=HOUR / 2)),
    "erlang": ({"mean": "3h", "shape": "3"}, stats.gamma(3, scale=HOUR)),
    "uniform": ({"low": "1h", "high": "3h"}, stats.uniform(HOUR, 2 * HOUR)),
    "triangular": ({"low": "1h", "mode": "2h", "high": "5h"}, stats.triang(0.25, HOUR, 4 * HOUR)),
    "normal": ({"mean": "10h", "sd": "1h"}, stats.norm(10 * HOUR, HOUR)),
}
FAMILIES = pytest.mark.parametrize("family", LAWS)


def law(family: str) -> DurationDistribution:
    return DurationDistribution.model_validate({"dist": family, **LAWS[family][0]})


@cache
def table_of(family: str) -> NDArray[np.int64]:
    return duration_table(law(family))


def uniforms(*parts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.clip(np.concatenate(parts), 0, ALL - 1)


def grid(n: int) -> NDArray[np.int64]:
    """The middles of n equal parts of [0, 2**32)."""
    return ((np.arange(n) + 0.5) / n * ALL).astype(np.int64)


@FAMILIES
def test_body_is_exact_to_a_thousandth_of_the_spread_or_little_of_the_value(family: str) -> None:
    exact = LAWS[family][1]
    at = grid(10_007)
    at = at[(at > ALL // STEPS) & (at < ALL - ALL // STEPS)]
    values = exact.ppf((at + 0.5) / ALL)
    off = draws(table_of(family), at) - values
    assert np.all(np.abs(off) < np.maximum(0.001 * exact.std(), 0.02 * values))
    assert abs(off.mean()) < 1e-4 * exact.std()


@FAMILIES
@pytest.mark.parametrize("rarity", [1e-3, 1e-4, 1e-5, 1e-6])
def test_tails_are_exact_to_a_hundredth_of_the_spread(family: str, rarity: float) -> None:
    exact, table = LAWS[family][1], table_of(family)
    for probability in (rarity, 1 - rarity):
        drawn = draws(table, np.array([int(probability * ALL)]))[0]
        assert abs(drawn - exact.ppf(probability)) < 0.01 * exact.std()


@FAMILIES
def test_moments(family: str) -> None:
    exact = LAWS[family][1]
    drawn = draws(table_of(family), grid(1 << 20)) / exact.std()
    assert drawn.mean() == pytest.approx(exact.mean() / exact.std(), rel=2e-4)
    assert drawn.std() == pytest.approx(1, rel=3e-3)


@FAMILIES
def test_a_greater_uniform_number_never_draws_less(family: str) -> None:
    table = table_of(family)
    steps = np.arange(0, ALL + 1, ALL // STEPS)  # where the pieces of a table meet
    at = np.unique(uniforms(grid(50_000), steps - 1, steps, steps + 1, np.arange(300), ALL - np.arange(300)))
    drawn = draws(table, at)
    assert np.all(np.diff(drawn) >= 0)
    assert drawn[0] >= 0


def test_a_constant_is_drawn_as_it_is() -> None:
    table = duration_table(DurationDistribution.model_validate("90m"))
    assert set(draws(table, grid(999)).tolist()) == {90 * 60_000_000}


def test_an_empirical_law_draws_its_values_by_weight() -> None:
    given_law = {"dist": "empirical", "values": ["3h", "1h", "2h"], "weights": ["1", "2", "1"]}
    table = duration_table(DurationDistribution.model_validate(given_law))
    drawn = draws(table, grid(100_000))
    for hours, share in ((1, 0.5), (2, 0.25), (3, 0.25)):
        assert np.mean(np.abs(drawn - hours * HOUR) < 1) == pytest.approx(share, abs=1e-3)


def test_a_law_of_time_that_reaches_below_zero_stops_there() -> None:
    table = duration_table(DurationDistribution.model_validate({"dist": "normal", "mean": "1h", "sd": "1h"}))
    drawn = draws(table, grid(100_000))
    assert drawn.min() == 0
    assert np.mean(drawn == 0) == pytest.approx(stats.norm.cdf(-1), abs=1e-3)


def test_times_stretches_a_law() -> None:
    plain, twice = table_of("gamma"), duration_table(law("gamma"), 2.0)
    assert np.abs(twice - 2 * plain).max() <= 1


@given(st.integers(0, ALL - 1))
def test_plain_and_compiled_draws_are_alike(u: int) -> None:
    for family in LAWS:
        table = table_of(family)
        assert quantile_draw_plain(table, u) == draws(table, np.array([u]))[0]


@settings(max_examples=30)
@given(st.floats(0.05, 60), st.floats(1e-6, 1 - 1e-6))
def test_gamma_quantiles_of_any_shape(shape: float, p: float) -> None:
    from twin.random.gamma import gamma_quantile

    assert gamma_quantile(shape, p) == pytest.approx(stats.gamma(shape).ppf(p), rel=1e-6, abs=1e-9)


@FAMILIES
def test_quantiles_are_exact_before_they_are_rounded(family: str) -> None:
    at = np.array([1e-7, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-6])
    exact = LAWS[family][1]
    np.testing.assert_allclose(quantiles_at(law(family), at), exact.ppf(at), rtol=2e-8, atol=1e-6 * exact.std())
