"""Distributions: what each family takes, and the moments that are filled in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scenarios
from scenarios import ScenarioErrors, laws
from scenarios.schema.distributions import DurationDistribution, NumberDistribution
from scenarios.values import DAY
from tests.scenarios.samples import TEXTBOOK, changed, errors_of, textbook


def transit(text: str) -> DurationDistribution:
    lanes = textbook(("transit: 5d", f"transit: {text}")).scenario.network.lanes
    return lanes[0].transit


def size(text: str) -> NumberDistribution:
    law = textbook(("rate: 2/d", f"rate: 2/d, size: {text}")).scenario.demand.pos[0].size
    assert isinstance(law, NumberDistribution)
    return law


def test_a_plain_value_is_constant() -> None:
    law = transit("5d")
    assert (law.dist, law.constant, law.mean, law.sd, law.lowest) == (
        "constant",
        5 * DAY,
        5 * DAY,
        0,
        5 * DAY,
    )
    assert repr(law.value) == "432000000000"  # whole, so that no time is ever rounded
    assert transit("{dist: constant, mean: 5d}").value == 5 * DAY


@pytest.mark.parametrize(
    ("text", "mean", "sd"),
    [
        ("3", 3, 0),
        ("{dist: exponential, mean: 4}", 4, 4),
        ("{dist: exponential, median: 2}", 2 / math.log(2), 2 / math.log(2)),
        ("{dist: lognormal, mean: 5, cv: .5}", 5, 2.5),
        ("{dist: lognormal, mean: 5, sd: 2}", 5, 2),
        ("{dist: lognormal, mu: 0, sigma: 1}", math.exp(0.5), math.exp(0.5) * math.sqrt(math.e - 1)),
        ("{dist: gamma, mean: 6, cv: .5}", 6, 3),
        ("{dist: gamma, shape: 4, scale: 1.5}", 6, 3),
        ("{dist: erlang, mean: 6, shape: 4}", 6, 3),
        ("{dist: uniform, low: 0, high: 12}", 6, math.sqrt(12)),
        ("{dist: uniform, mean: 6, sd: 1}", 6, 1),
        ("{dist: triangular, low: 0, mode: 3, high: 6}", 3, math.sqrt(1.5)),
        ("{dist: normal, mean: 6, sd: 2}", 6, 2),
        ("{dist: normal, median: 6, p95: 9.2897072539029446}", 6, 2),
        ("{dist: poisson, mean: 9}", 9, 3),
        ("{dist: negative_binomial, mean: 4, sd: 3.4641016151377544}", 4, math.sqrt(12)),
        ("{dist: negative_binomial, r: 2, p: .3333333333333333}", 4, math.sqrt(12)),
        ("{dist: geometric, mean: 1.3}", 1.3, math.sqrt(1.3 * 0.3)),
        ("{dist: geometric, p: .5}", 2, math.sqrt(2)),
        ("{dist: empirical, values: [1, 2, 3]}", 2, math.sqrt(2 / 3)),
        ("{dist: empirical, values: [1, 3], weights: [3, 1]}", 1.5, math.sqrt(0.75)),
    ],
)
def test_moments(text: str, mean: float, sd: float) -> None:
    law = size(text)
    assert law.mean == pytest.approx(mean, rel=1e-14)
    assert law.sd == pytest.approx(sd, rel=1e-14)


def test_median_and_p95_give_back_the_quantiles() -> None:
    law = transit("{dist: lognormal, median: 800ms, p95: 20s}")
    assert law.mu is not None and law.sigma is not None
    assert math.exp(law.mu) == pytest.approx(800_000)
    assert math.exp(law.mu + 1.6448536269514722 * law.sigma) == pytest.approx(20_000_000)
    assert law.mean == pytest.approx(800_000 * math.exp(law.sigma**2 / 2))


def test_natural_parameters_are_filled_in() -> None:
    assert size("{dist: negative_binomial, mean: 4, sd: 3.4641016151377544}").r == pytest.approx(2)
    assert size("{dist: gamma, mean: 6, cv: .5}").shape == pytest.approx(4)
    assert transit("{dist: uniform, mean: 6d, sd: 1d}").low == pytest.approx(6 * DAY - math.sqrt(3) * DAY)


@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        ("{dist: uniform, low: 2, high: 3}", 2),
        ("{dist: triangular, low: 1, mode: 2, high: 3}", 1),
        ("{dist: empirical, values: [7, 5, 6]}", 5),
        ("{dist: geometric, mean: 2}", 1),
        ("{dist: normal, mean: 2, sd: 1}", -math.inf),
        ("{dist: gamma, mean: 2, cv: 1}", 0),
    ],
)
def test_lowest(text: str, lowest: float) -> None:
    assert size(text).lowest == lowest


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("{mean: 5d, cv: 1}", "", "names its family"),
        ("{dist: lognorm, mean: 5d}", ".dist", "did you mean `lognormal`"),
        ("{dist: [a], mean: 5d}", ".dist", "unknown distribution"),
        ("{dist: poisson, mean: 5d}", ".dist", "no law of time"),
        ("{dist: lognormal, mean: 5d, cvv: 1}", ".cvv", "did you mean `cv`"),
        ("{dist: lognormal, mean: 5d}", "", "mean and cv, or mean and sd, or median and p95"),
        ("{dist: lognormal, mu: 1, sigma: 1}", ".mu", "has no parameter `mu`"),
        ("{dist: lognormal, mean: 5d, cv: 1, sd: 2d}", "", "mean and cv and sd"),
        ("{dist: lognormal, mean: 5d, cv: 0}", ".cv", "above 0"),
        ("{dist: lognormal, mean: 5d, sd: 0s}", ".sd", "a law without spread is `constant`"),
        ("{dist: lognormal, mean: 0s, cv: 1}", ".mean", "above 0"),
        ("{dist: lognormal, median: 20s, p95: 800ms}", ".p95", "above the median"),
        ("{dist: exponential, mean: 0s}", ".mean", "above 0"),
        ("{dist: exponential, mean: 5}", ".mean", "needs a unit"),
        ("{dist: erlang, mean: 5d, shape: 1.5}", ".shape", "a whole number"),
        ("{dist: uniform, low: 5d, high: 4d}", ".high", "at least `low`"),
        ("{dist: uniform, mean: 1d, sd: 1d}", "", "reaches below 0"),
        ("{dist: triangular, low: 1d, mode: 9d, high: 3d}", ".mode", "from `low` to `high`"),
        ("{dist: triangular, low: 1d, mode: 1d, high: 1d}", ".high", "above `low`"),
        ("{dist: empirical, values: []}", ".values", "at least one"),
        ("{dist: empirical, values: [1d, 2d], weights: [1]}", ".weights", "as many as values (2)"),
        ("{dist: empirical, values: [1d, 2d], weights: [0, 0]}", ".weights", "a sum above 0"),
        ("{dist: empirical, values: [1d, 2]}", ".values[1]", "needs a unit"),
        ("{dist: constant, value: -1d}", ".value", "must not be negative"),
        ("[1d, 2d]", "", "not a distribution"),
        ("{}", "", "names its family"),
    ],
)
def test_what_is_refused(text: str, path: str, says: str) -> None:
    (error,) = errors_of(changed(TEXTBOOK, ("transit: 5d", f"transit: {text}")))
    assert error.path == f"network.lanes[V1->S1].transit{path}"
    assert says in str(error)
    assert error.line == 6


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{dist: geometric, mean: .5}", ".mean"),
        ("{dist: geometric, p: 1.5}", ".p"),
        ("{dist: negative_binomial, mean: 4, sd: 1}", ".sd"),
        ("{dist: negative_binomial, mean: 4, cv: .1}", ".cv"),
        ("{dist: lognormal, mu: 1, sigma: 100}", ".sigma"),
        ("{dist: poisson, mean: -1}", ".mean"),
        ("big", ".value"),
    ],
)
def test_what_is_refused_of_numbers(text: str, path: str) -> None:
    (error,) = errors_of(changed(TEXTBOOK, ("rate: 2/d", f"rate: 2/d, size: {text}")))
    assert error.path == f"demand.pos[A].size{path}".removesuffix(".value")


FAMILIES = [(dist, keys) for dist in laws.PARAMETERS for keys in laws.sets_of(dist)]


@given(st.sampled_from(FAMILIES), st.sampled_from(FAMILIES))
def test_what_is_kept_of_one_law_never_contradicts_another(
    before: tuple[str, tuple[str, ...]], after: tuple[str, tuple[str, ...]]
) -> None:
    kept = laws.kept(after[0], before[1], after[1])
    assert set(kept) | set(after[1]) in [set(keys) for keys in laws.sets_of(after[0])]
    assert kept <= set(before[1])


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ("0", 'size of a line; found "0"; expected whole units, at least 1'),
        ("1.5", 'size of a line; found "1.5"'),
        ("-2", "size of a line"),
        ("{dist: uniform, low: -3, high: 9}", "reaches below 0; found down to -3"),
        ("{dist: triangular, low: -1, mode: 2, high: 9}", "reaches below 0"),
        ("{dist: empirical, values: [-1, 8]}", "reaches below 0"),
        ("{dist: exponential, mean: .2}", "less than a unit; found a mean of 0.2"),
        ("{dist: normal, mean: 0, sd: 1}", "less than a unit"),
    ],
)
def test_the_size_of_a_line_is_at_least_a_unit(size: str, says: str) -> None:
    (error,) = errors_of(changed(TEXTBOOK, ("rate: 2/d", f"rate: 2/d, size: {size}")))
    assert error.path == "demand.pos[A].size" and says in str(error)


@pytest.mark.parametrize("edit", ["policies.reorder[0].level=2000000000", "inventory.opening.units=2147483647"])
def test_more_units_than_can_be_kept_are_refused(edit: str) -> None:
    with pytest.raises(ScenarioErrors, match="at most 100,000,000 units"):
        scenarios.loads(TEXTBOOK, sets=[edit])
    assert scenarios.loads(TEXTBOOK, sets=[edit.partition("=")[0] + "=100000000"])


def test_events_and_scenarios_hold_the_same_bound() -> None:
    from scenarios import values
    from twin import events

    assert values.MOST_UNITS == events.MOST_UNITS


@pytest.mark.parametrize(("given", "found"), [("level: -14", '"-14"'), ("level: auto, service: 1.5", '"1.5"')])
def test_what_a_policy_refuses_reads_like_any_other_fault(given: str, found: str) -> None:
    (error,) = errors_of(changed(TEXTBOOK, ("level: 14", given)))
    assert error.found == found and error.expected and "(=" not in str(error)
