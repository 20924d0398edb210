"""Distances, and the table of cities."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network import NetworkError
from network.geography import cities, great_circle_km, nearest

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_known_distances() -> None:
    half_round = 20015.114442
    assert great_circle_km((0, 0), (0, 180)) == great_circle_km((90, 0), (-90, 77)) == half_round
    assert great_circle_km((0, 0), (1, 0)) == pytest.approx(half_round / 180, abs=1e-6)
    # Paris and New York, by any atlas
    assert great_circle_km((48.8566, 2.3522), (40.7128, -74.0060)) == pytest.approx(5837, abs=1)


@given(a=POINTS, b=POINTS)
def test_a_distance_is_one(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert great_circle_km(a, a) == 0
    assert 0 <= great_circle_km(a, b) == great_circle_km(b, a) <= 20015.114442


@given(a=POINTS, b=POINTS, c=POINTS)
def test_no_detour_is_shorter(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert great_circle_km(a, c) <= great_circle_km(a, b) + great_circle_km(b, c) + 1e-3


def test_nearest_breaks_ties_by_id() -> None:
    assert nearest((0, 0), [("B", (0, 1)), ("A", (0, -1)), ("C", (1, 0))]) == "A"
    with pytest.raises(ValueError, match="empty"):
        nearest((0, 0), [])


def test_the_table_of_cities() -> None:
    found = cities()
    assert len(found) == 1000
    assert [city.population for city in found] == sorted((city.population for city in found), reverse=True)
    assert all(18 < city.at[0] < 72 and -170 < city.at[1] < -66 for city in found)
    assert len({(city.name, city.state) for city in found}) > 990
    for zone in {city.timezone for city in found}:
        ZoneInfo(zone)


def test_no_city_is_a_part_of_a_larger_one() -> None:
    names = {(city.name, city.state) for city in cities()}
    assert ("Brooklyn", "NY") not in names
    top = cities()[:150]
    assert min(great_circle_km(a.at, b.at) for i, a in enumerate(top) for b in top[:i]) >= 8


def test_other_countries_have_no_table() -> None:
    with pytest.raises(NetworkError, match=r"no table of its cities: found 'FR', expected one of US"):
        cities("FR")
