"""Carts as they are drawn: how many, when, with what, where to, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from tests.twin.demand.drawing import START
from tests.twin.demand.web.making import ZONES, cart_of_line, carts_of, drawn, durations, law
from twin.clock import DAY, HOUR, KEY_SHIFT, MINUTE, NEVER, Phase
from twin.demand.rhythm import RETAIL_HOURS, RETAIL_WEEKDAYS, Rhythm, weights
from twin.random.laws import poisson

DAYS = 28


def fits(observed: np.ndarray, shares: Sequence[float] | np.ndarray) -> bool:
    """Pearson's test at one in ten thousand."""
    expected = np.asarray(shares, float) * observed.sum() / np.sum(shares)
    assert expected.min() >= 5
    return bool(stats.chisquare(observed, expected).pvalue > 1e-4)


def time_of(carts: np.ndarray) -> np.ndarray:
    return (carts["key"] >> KEY_SHIFT) - START


def test_counts_are_poisson() -> None:
    carts, _ = drawn([carts_of("a", 4.0)], 5000)
    counts = np.bincount(time_of(carts) // DAY, minlength=5000)
    expected = np.append(stats.poisson(4).pmf(np.arange(11)), stats.poisson(4).sf(10))
    assert fits(np.bincount(np.minimum(counts, 11), minlength=12), expected)


def test_carts_follow_the_hours_the_weekdays_and_surges() -> None:
    surge = (START + 3 * DAY, START + 4 * DAY, 3.0)
    rhythm = Rhythm(weights("retail", RETAIL_HOURS), weights("retail", RETAIL_WEEKDAYS), surges=(surge,))
    time = time_of(drawn([carts_of("a", 3000.0, rhythm=rhythm)], DAYS)[0])
    assert fits(np.bincount(time % DAY // HOUR, minlength=24), RETAIL_HOURS)
    days = np.tile(RETAIL_WEEKDAYS, 4)
    days[3] *= 3
    assert fits(np.bincount(time // DAY, minlength=DAYS), days)


def test_keys_are_in_order_in_the_phase_of_demand_and_numbers_count() -> None:
    carts, lines = drawn([carts_of("a", 300.0), carts_of("b", 300.0, web=1)], DAYS)
    assert (np.diff(carts["key"]) >= 0).all()
    assert (carts["key"] % (1 << KEY_SHIFT) == int(Phase.DEMAND) << 1).all()
    np.testing.assert_array_equal(carts["number"], np.arange(1, carts.size + 1))
    np.testing.assert_array_equal(carts["first"], np.cumsum(carts["lines"]) - carts["lines"])
    assert lines.size == carts["lines"].sum() and set(carts["stream"].tolist()) == {0, 1}


def test_lines_sizes_and_luck() -> None:
    carts, lines = drawn([carts_of("a", 2000.0, *[1.0] * 50, lines=law(0.5, 0.0, 0.3, 0.2), size=law(0.7, 0.2, 0.1))], DAYS)
    assert fits(np.bincount(carts["lines"], minlength=5)[[1, 3, 4]], [0.5, 0.3, 0.2])
    assert fits(np.bincount(lines["units"], minlength=4)[1:], [0.7, 0.2, 0.1])
    assert fits(np.bincount(carts["luck"] >> 28, minlength=16), np.ones(16))
    assert fits(np.bincount(lines["sku"] - 100), np.ones(50))


def test_skus_come_by_popularity_and_never_twice_in_a_cart() -> None:
    """The chance of each sequence is a product over what is left: one law for one line, two, and three."""
    share = np.array([0.9, 0.06, 0.03, 0.01])
    for count in (1, 2, 3):
        shares = [0.0] * (count - 1) + [1.0]
        carts, lines = drawn([carts_of(f"{count}", 4000.0, *share, lines=law(*shares))], DAYS)
        rows = lines["sku"].reshape(-1, count) - 100
        observed, expected = [], []
        for order in permutations(range(4), count):
            chance, left = 1.0, 1.0
            for sku in order:
                chance *= share[sku] / left
                left -= share[sku]
            observed.append(np.count_nonzero((rows == order).all(axis=1)))
            expected.append(chance)
        counts, wanted = np.array(observed), np.array(expected) * carts.size
        assert counts.sum() == carts.size
        rare = wanted < 10  # all of them together, and a few more, so that they are never too few
        assert fits(np.append(counts[~rare], counts[rare].sum() + 10), np.append(wanted[~rare], wanted[rare].sum() + 10))


def test_a_cart_of_all_skus_has_each_once() -> None:
    carts, lines = drawn([carts_of("a", 50.0, 0.5, 0.3, 0.2, lines=law(0.0, 0.0, 1.0))], DAYS)
    np.testing.assert_array_equal(np.sort(lines["sku"].reshape(-1, 3), axis=1), np.tile([100, 101, 102], (carts.size, 1)))


def test_a_line_without_units_is_none_nor_a_cart_without_lines() -> None:
    carts, lines = drawn([carts_of("a", 3000.0, *[1.0] * 9, lines=law(0.5, 0.5), size=poisson(0.7))], DAYS)
    assert lines["units"].min() == 1 and carts["lines"].min() == 1
    nothing = np.exp(-0.7)
    lines_per_day = 3000 * 1.5 * (1 - nothing)
    assert lines.size / DAYS == pytest.approx(lines_per_day, abs=5 * np.sqrt(2 * lines_per_day / DAYS))
    np.testing.assert_array_equal(carts["number"], np.arange(1, carts.size + 1))


def test_zones_and_pickup_in_a_store_of_the_zone() -> None:
    carts, _ = drawn([carts_of("a", 3000.0, pickup=0.4)], DAYS)
    assert fits(np.bincount(carts["zone"], minlength=3), ZONES)
    for zone, stores in enumerate(([4, 7], [], [9])):
        here = carts["pickup"][carts["zone"] == zone]
        collected = here[here >= 0]
        assert set(collected.tolist()) == set(stores)
        if stores:
            assert fits(np.array([collected.size, here.size - collected.size]), [0.4, 0.6])
        if len(stores) == 2:
            assert fits(np.array([np.count_nonzero(collected == store) for store in stores]), [1, 1])


def test_checkout_abandonment_and_cancellation() -> None:
    stream = carts_of(
        "a", 4000.0, checkout=durations(dist="exponential", mean="10m"), abandon=0.6,
        cancel=0.1, delay=durations(dist="uniform", low="1h", high="3h"),
    )  # fmt: skip
    carts, _ = drawn([stream], DAYS)
    paid = carts[carts["checkout"] < NEVER]
    assert fits(np.array([paid.size, carts.size - paid.size]), [0.4, 0.6])
    assert (carts["cancel"][carts["checkout"] == NEVER] == NEVER).all()
    took = (paid["checkout"] - START - time_of(paid)) / (10 * MINUTE)
    assert stats.kstest(took, "expon").pvalue > 1e-4
    cancelled = paid[paid["cancel"] < NEVER]
    assert fits(np.array([cancelled.size, paid.size - cancelled.size]), [0.1, 0.9])
    assert stats.kstest((cancelled["cancel"] - cancelled["checkout"]) / HOUR, stats.uniform(1, 2).cdf).pvalue > 1e-4


def test_without_a_law_checkout_takes_no_time() -> None:
    carts, _ = drawn([carts_of("a", 100.0)], DAYS)
    np.testing.assert_array_equal(carts["checkout"] - START, time_of(carts))
    assert (carts["cancel"] == NEVER).all() and (carts["pickup"] == -1).all()


def test_what_is_drawn_of_a_cart_is_independent() -> None:
    halves, checkout = law(0.5, 0.5), durations(dist="exponential", mean="10m")
    carts, lines = drawn([carts_of("a", 2000.0, *[1.0] * 20, lines=halves, size=halves, checkout=checkout)], DAYS)
    first = lines[carts["first"]]
    columns = [time_of(carts) % DAY, carts["lines"], carts["zone"], carts["checkout"] - START - time_of(carts), carts["luck"],
               first["sku"], first["units"]]  # fmt: skip
    found = np.corrcoef(np.array(columns, float)) - np.eye(len(columns))
    assert np.abs(found).max() < 5 / np.sqrt(carts.size)
    assert cart_of_line(carts).size == lines.size
