"""Putting operations in order: by key, then location, and those that are alike as they came."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.twin.compiled import rows_sorted
from twin.clock import DAY, KEY_SHIFT
from twin.sorting import BUCKET_ENDS, FINE, set_aside
from twin.world.state import ARRIVAL, SALE


def rows_of(keys: NDArray[np.int64], locations: NDArray[np.int64], kind: np.dtype[np.void] = SALE) -> NDArray[np.void]:
    """Rows that know where they stood."""
    rows = np.zeros(keys.size, kind)
    rows["key"], rows["location"] = keys, locations
    rows["cell" if kind == SALE else "row"] = np.arange(keys.size)
    if kind == SALE:
        rows["told"] = rows["sequence"] = np.arange(keys.size)[::-1]
    return rows


def in_order(rows: NDArray[np.void]) -> NDArray[np.void]:
    return rows[np.lexsort((rows["location"], rows["key"]))]  # lexsort is stable


def sorted_rows(rows: NDArray[np.void], low: int, span: int, n: int | None = None) -> NDArray[np.void]:
    """The first ``n`` rows, put in order in no more room than is asked for; what lies behind that room stays as it was."""
    n, guard = rows.size if n is None else n, 3
    ends = np.full(BUCKET_ENDS + guard, -7, np.int32)
    given, out, spare = rows.copy(), np.zeros(n + guard, rows.dtype), np.zeros((n if n > FINE else 1) + guard, rows.dtype)
    out["key"] = spare["key"] = -7
    rows_sorted(given, n, low, span, ends[:-guard], np.zeros(1, rows.dtype), spare[:-guard], out[:n])
    assert np.all(ends[-guard:] == -7) and np.all(out["key"][-guard:] == -7) and np.all(spare["key"][-guard:] == -7)
    np.testing.assert_array_equal(given[n:], rows[n:])
    return out[:n]


Keys = tuple[NDArray[np.int64], int, int]


@st.composite
def keys(draw: st.DrawFn, larger: bool = False) -> Keys:
    """Keys of a day, spread, crowded, or nearly all of one instant; the least that there may be, and their span."""
    n = draw(st.sampled_from([FINE + 1, 3 * FINE, 100_000] if larger else [0, 1, 2, 17, 300, 9000]))
    span = draw(st.sampled_from([1, 2, 40, 5000, 1 << 30, DAY << KEY_SHIFT, 28 * DAY << KEY_SHIFT]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    found = rng.integers(0, span, n)
    if draw(st.booleans()):
        found[rng.random(n) < 0.9] = span // 2
    if draw(st.booleans()):
        found.sort()
    low = draw(st.integers(0, 1 << 55))
    return found + low, low, span


@settings(max_examples=60)
@given(keys(), st.integers(1, 300), st.integers(0, 2**32))
def test_as_a_stable_sort_would(found: Keys, locations: int, seed: int) -> None:
    rows = rows_of(found[0], np.random.default_rng(seed).integers(0, locations, found[0].size))
    np.testing.assert_array_equal(sorted_rows(rows, *found[1:]), in_order(rows))


def test_arrivals_too() -> None:
    rng = np.random.default_rng(1)
    rows = rows_of(rng.integers(0, 1000, 5000), rng.integers(0, 30, 5000), ARRIVAL)
    np.testing.assert_array_equal(sorted_rows(rows, 0, 1000), in_order(rows))


def test_only_the_first_n_are_touched() -> None:
    rows = rows_of(np.array([5, 3, 4, 2, 1]), np.zeros(5, np.int64))
    assert sorted_rows(rows, 1, 5, n=3)["key"].tolist() == [3, 4, 5]


@pytest.mark.parametrize("cycle", [1, 2, 1000])
def test_a_crowd_at_one_instant_does_not_take_the_square_of_its_number(cycle: int) -> None:
    n = 200_000
    rows = rows_of(np.full(n, 77), np.arange(n) % cycle)
    sorted_rows(rows[:100], 0, DAY)
    began = time.perf_counter()
    found = sorted_rows(rows, 0, DAY)
    assert time.perf_counter() - began < 2  # inserting one by one takes more than ten times as long
    np.testing.assert_array_equal(found, in_order(rows))


@settings(max_examples=25)
@given(keys(larger=True), st.integers(1, 300), st.integers(0, 2**32))
def test_more_rows_than_the_cache_holds(found: Keys, locations: int, seed: int) -> None:
    places = np.random.default_rng(seed).integers(0, locations, found[0].size)
    for kind in (SALE, ARRIVAL):
        rows = rows_of(found[0], places, kind)
        np.testing.assert_array_equal(sorted_rows(rows, *found[1:]), in_order(rows))


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("span", [1, 2 * FINE - 1, 2 * FINE, 2 * FINE + 1, 7 * DAY << KEY_SHIFT])
def test_at_the_edges_of_what_is_put_in_order_in_one_go(more: int, span: int) -> None:
    """The first and the last key that may be, as many buckets as there is room for, and nothing beyond the room given."""
    rng = np.random.default_rng(4)
    found = rng.integers(0, span, FINE + more)
    found[[0, -1]] = span - 1, 0
    rows = rows_of(found, rng.integers(0, 9, found.size))
    np.testing.assert_array_equal(sorted_rows(rows, 0, span), in_order(rows))


def test_moments_with_more_rows_than_the_cache_holds_between_others() -> None:
    """A coarse bucket that is too large beside small ones, and a crowd in one that is not."""
    rng = np.random.default_rng(3)
    span = 7 * DAY << KEY_SHIFT
    found = np.concatenate([np.full(2 * FINE, span // 3), rng.integers(0, span, 2 * FINE), np.full(FINE // 8, span // 2)])
    rows = rows_of(rng.permutation(found), rng.integers(0, 5, found.size))
    np.testing.assert_array_equal(sorted_rows(rows, 0, span), in_order(rows))


@given(st.lists(st.integers(0, 20), max_size=40), st.integers(0, 20))
def test_what_is_due_later_is_set_aside_in_order(found: list[int], until: int) -> None:
    rows = rows_of(np.array(found, np.int64), np.zeros(len(found), np.int64), ARRIVAL)
    before, aside = rows.copy(), np.empty_like(rows)
    kept = set_aside(rows, rows.size, until, aside)
    np.testing.assert_array_equal(rows[:kept], before[before["key"] < until])
    np.testing.assert_array_equal(aside[: rows.size - kept], before[before["key"] >= until])
