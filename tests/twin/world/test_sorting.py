"""Putting operations in order: by key, then location, and those that are alike as they came."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from twin.clock import DAY, KEY_SHIFT, key
from twin.sorting import coarse_shift, set_aside, sort_buckets, sort_rows, spread_rows
from twin.world.state import ARRIVAL, SALE


def rows_of(keys: NDArray[np.int64], locations: NDArray[np.int64], kind: np.dtype[np.void] = SALE) -> NDArray[np.void]:
    """Rows that know where they stood."""
    rows = np.zeros(keys.size, kind)
    rows["key"], rows["location"] = keys, locations
    rows["cell" if kind == SALE else "row"] = np.arange(keys.size)
    return rows


def in_order(rows: NDArray[np.void]) -> NDArray[np.void]:
    return rows[np.lexsort((rows["location"], rows["key"]))]  # lexsort is stable


def sorted_in_place(rows: NDArray[np.void]) -> NDArray[np.void]:
    rows = rows.copy()
    sort_rows(rows, rows.size, np.empty_like(rows))
    return rows


@st.composite
def keys(draw: st.DrawFn) -> NDArray[np.int64]:
    """Keys of a day: spread, crowded, or nearly all of one instant."""
    n = draw(st.sampled_from([0, 1, 2, 17, 300, 9000]))
    span = draw(st.sampled_from([1, 2, 40, 5000, 1 << 30, DAY << KEY_SHIFT, 28 * DAY << KEY_SHIFT]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    found = rng.integers(0, span, n)
    if draw(st.booleans()):
        found[rng.random(n) < 0.9] = span // 2
    if draw(st.booleans()):
        found.sort()
    return found + draw(st.integers(0, 1 << 55))


@settings(max_examples=60)
@given(keys(), st.integers(1, 300), st.integers(0, 2**32))
def test_as_a_stable_sort_would(found: NDArray[np.int64], locations: int, seed: int) -> None:
    rows = rows_of(found, np.random.default_rng(seed).integers(0, locations, found.size))
    np.testing.assert_array_equal(sorted_in_place(rows), in_order(rows))


def test_arrivals_too() -> None:
    rng = np.random.default_rng(1)
    rows = rows_of(rng.integers(0, 1000, 5000), rng.integers(0, 30, 5000), ARRIVAL)
    np.testing.assert_array_equal(sorted_in_place(rows), in_order(rows))


def test_only_the_first_n_are_touched() -> None:
    rows = rows_of(np.array([5, 3, 4, 2, 1]), np.zeros(5, np.int64))
    sort_rows(rows, 3, np.empty_like(rows))
    assert rows["key"].tolist() == [3, 4, 5, 2, 1]


@pytest.mark.parametrize("cycle", [1, 2, 1000])
def test_a_crowd_at_one_instant_does_not_take_the_square_of_its_number(cycle: int) -> None:
    n = 200_000
    rows = rows_of(np.full(n, 77), np.arange(n) % cycle)
    sorted_in_place(rows[:100])
    began = time.perf_counter()
    found = sorted_in_place(rows)
    assert time.perf_counter() - began < 2  # inserting one by one takes more than ten times as long
    np.testing.assert_array_equal(found, in_order(rows))


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([0, 1, 50, 3000]), st.lists(st.integers(1, 6), max_size=5))
def test_bucket_by_bucket_comes_to_the_same(seed: int, n: int, steps: list[int]) -> None:
    """As the lines of a few days are handed out: spread once, put in order some buckets at a time."""
    rng = np.random.default_rng(seed)
    low, end = key(1_772_409_600_000_000, 0), key(1_772_409_600_000_000 + DAY, 0)
    rows = rows_of(rng.integers(low, end, n), rng.integers(0, 9, n))
    rows["key"][: n // 2] = rows["key"][n // 2 : n // 2 * 2] if n > 1 else rows["key"][: n // 2]  # pairs of one instant
    shift = max(KEY_SHIFT, int(coarse_shift(end - low, n)) - 4)
    ends = np.zeros(((end - low - 1) >> shift) + 2, np.int64)
    spread = np.empty_like(rows)
    spread_rows(rows, n, low, shift, ends, spread)
    taken, first = [], 0
    for step in [*steps, ends.size]:
        last = min(first + step, ends.size - 1)
        out = np.empty_like(rows)
        taken.append(out[: sort_buckets(spread, ends, first, last, low, shift, out)])
        first = last
    np.testing.assert_array_equal(np.concatenate(taken), in_order(rows))


@given(st.lists(st.integers(0, 20), max_size=40), st.integers(0, 20))
def test_what_is_due_later_is_set_aside_in_order(found: list[int], until: int) -> None:
    rows = rows_of(np.array(found, np.int64), np.zeros(len(found), np.int64), ARRIVAL)
    before, aside = rows.copy(), np.empty_like(rows)
    kept = set_aside(rows, rows.size, until, aside)
    np.testing.assert_array_equal(rows[:kept], before[before["key"] < until])
    np.testing.assert_array_equal(aside[: rows.size - kept], before[before["key"] >= until])
