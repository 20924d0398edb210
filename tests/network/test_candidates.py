"""The candidates of each zone, in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network import candidates
from network.candidates import BAND, LOCATION, SCORE, by_cost, by_distance, distances_m
from network.carriers import RateTable, carrier_zone
from network.geography import great_circle_km
from policies.routing import columns

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_the_columns_are_those_that_routing_reads() -> None:
    ours = (candidates.SCORE, candidates.BAND, candidates.LOCATION)
    assert ours == (columns.FLOOR, columns.BAND, columns.LOCATION)


@given(origin=POINTS, places=st.lists(POINTS, max_size=5))
def test_distances_are_those_of_the_globe(
    origin: tuple[float, float], places: list[tuple[float, float]]
) -> None:
    found = distances_m(origin, places)
    assert found.dtype == np.int64 and len(found) == len(places)
    for metres, place in zip(found.tolist(), places, strict=True):
        assert abs(metres - great_circle_km(origin, place) * 1000) <= 2


@settings(max_examples=60)
@given(zones=st.lists(st.one_of(st.none(), POINTS), max_size=4), places=st.lists(POINTS, max_size=6), data=st.data())
def test_every_zone_has_all_in_order(
    zones: list[tuple[float, float] | None], places: list[tuple[float, float]], data: st.DataObject
) -> None:
    numbers = data.draw(st.permutations(range(10)))[: len(places)]
    rates = RateTable.default()
    near, cheap = by_distance(zones, numbers, places), by_cost(zones, numbers, places, rates)
    assert len(near) == len(cheap) == len(zones)
    for z, zone in enumerate(zones):
        for found in (near, cheap):
            rows, metres = found.of(z), found.metres[found.first[z] : found.first[z + 1]]
            assert rows.flags.c_contiguous and sorted(rows[:, LOCATION].tolist()) == sorted(numbers)
            key = list(zip(rows[:, SCORE].tolist(), metres.tolist(), rows[:, LOCATION].tolist(), strict=True))
            assert key == sorted(key)
            for (score, band, _), far in zip(rows.tolist(), metres.tolist(), strict=True):
                assert far == 0 if zone is None else far >= 0
                zone_of = carrier_zone(far)
                expected = (far, 0) if found is near else (int(rates.first()[zone_of - 1]), zone_of - 1)
                assert (score, band) == expected


def test_equally_far_ones_come_by_transit_then_number() -> None:
    found = by_distance([None], [5, 3, 8], [None] * 3, transit=[[20, 20, 10]])
    assert found.of(0)[:, LOCATION].tolist() == [8, 3, 5]


def test_without_coordinates_everything_is_here() -> None:
    found = by_distance([(40.0, -75.0)], [0, 1], [None, (41.0, -75.0)])
    assert found.metres[0] == 0 < found.metres[1]


def test_limits() -> None:
    places = [(0.0, float(i)) for i in range(6)]
    assert by_distance([(0, 0)], range(6), places, most=2).of(0)[:, LOCATION].tolist() == [0, 1]
    assert by_distance([(0, 0)], range(6), places, within_km=250).of(0)[:, LOCATION].tolist() == [0, 1, 2]
    rates = RateTable.default()
    assert by_cost([(0, 0)], range(6), places, rates, most=3, within_km=120).of(0)[:, LOCATION].tolist() == [0, 1]


def test_no_zones_and_no_locations() -> None:
    assert len(by_distance([], [0], [None])) == 0
    empty = by_cost([None, None], [], [], RateTable.default())
    assert [empty.of(z).shape for z in range(2)] == [(0, 3)] * 2


def test_negative_handling_is_refused() -> None:
    with pytest.raises(ValueError, match=r"handling\(=-1\) must be >= 0"):
        by_cost([None], [0], [None], RateTable.default(), handling=[-1])


def test_band_is_a_row_of_the_tariff() -> None:
    rates = RateTable.default()
    rows = by_cost([(40.0, -75.0)], [0], [(34.0, -118.0)], rates).of(0)
    assert 0 <= rows[0, BAND] < len(rates.tariff())
