"""Loads: taken in part, put together, split over trips."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.world.goods import Load, divided, joined, total_of

UNITS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def load(units: list[int], lane: int = 3, first: int = 0) -> Load:
    lines = np.arange(first, first + len(units), dtype=np.int32)
    return Load(lane, lines, lines + 100, lines + 200, np.array(units, np.int32), sum(units))


def lines(of: Load) -> list[tuple[int, int, int, int]]:
    """Cell, source, SKU and units of each line."""
    assert of.total == sum(of.units.tolist())
    return list(zip(of.cells.tolist(), of.sources.tolist(), of.skus.tolist(), of.units.tolist(), strict=True))


def test_trips_take_the_first_lines_first() -> None:
    parts = [lines(trip) for trip in load([4, 3, 6]).trips(5)]
    assert [[(cell, units) for cell, _, _, units in part] for part in parts] == [[(0, 4), (1, 1)], [(1, 2), (2, 3)], [(2, 3)]]


@given(UNITS, st.integers(1, 20))
def test_trips_carry_all_and_all_but_the_last_are_full(units: list[int], capacity: int) -> None:
    trips = list(load(units).trips(capacity))
    assert [trip.total for trip in trips[:-1]] == [capacity] * (len(trips) - 1)
    assert 0 < trips[-1].total <= capacity
    carried = [0] * len(units)
    for trip in trips:
        for cell, source, sku, some in lines(trip):
            assert (source, sku) == (cell + 100, cell + 200)
            assert some > 0
            carried[cell] += some
    assert carried == units


def test_without_a_limit_there_is_one_trip() -> None:
    whole = load([4, 3])
    assert list(whole.trips(None)) == [whole]


def test_nothing_makes_no_trip() -> None:
    nothing = load([4, 3]).part(np.zeros(2, np.int32))
    assert list(nothing.trips(5)) == list(nothing.trips(None)) == []


@given(st.lists(UNITS, min_size=1, max_size=4), st.data())
def test_what_is_divided_is_all_that_was_there(parts: list[list[int]], data: st.DataObject) -> None:
    loads, first = [], 0
    for lane, units in enumerate(parts):
        loads.append(load(units, lane, first))
        first += len(units)
    wanted = joined(loads)
    assert lines(wanted) == [line for one in loads for line in lines(one)]
    taken = np.array([data.draw(st.integers(0, n)) for n in wanted.units.tolist()], np.int32)
    gone, left = divided(loads, taken)
    for which, expected in ((gone, taken), (left, wanted.units - taken)):
        assert [line for one in which for line in lines(one)] == [
            (cell, source, sku, n)
            for (cell, source, sku, _), n in zip(lines(wanted), expected.tolist(), strict=True)
            if n
        ]
    assert [one.lane for one in gone] == [one.lane for one in loads]
    assert all(one.total for one in left)


@given(UNITS)
def test_totals(units: list[int]) -> None:
    assert total_of(np.array(units, np.int32)) == sum(units)
