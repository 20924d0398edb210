"""Networks from mappings and from rows of text."""

from __future__ import annotations

import csv
import math
from typing import Any

import pytest

from network import Lane, Location, Network, NetworkError
from network.errors import show_path
from network.locations import DAY, HOUR, SECOND
from network.tables import read_lanes, read_locations

LOCATIONS = """\
id,kind,lat,lon,open,cut_off,tags,region,timezone
S1,store,39.10,-84.51,08:00-22:00,,downtown;new,Ohio,America/New_York
F1,fc,39.00,-84.60,,18:00,,,
V1,supplier,,,,,,,
"""
LANES = """\
from,to,transit,cost_per_unit,cost_per_trip,capacity_units,departs,moq,pack,order_days
V1,F1,5d,,,,,24,12,tue;Thursday
F1,S1,1.5h,0.10,40,4000,02:00 14:30,,,
"""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_from_tables_of_text() -> None:
    net = Network.from_tables(rows(LOCATIONS), rows(LANES))
    assert net.locations == (
        Location(
            "S1",
            "store",
            at=(39.10, -84.51),
            open=(8 * HOUR, 22 * HOUR),
            tags=("downtown", "new"),
            region="Ohio",
            timezone="America/New_York",
        ),
        Location("F1", "fc", at=(39.0, -84.6), cut_off=18 * HOUR),
        Location("V1", "supplier"),
    )
    assert net.lanes == (
        Lane("V1", "F1", transit=5 * DAY, moq=24, pack=12, order_days=(1, 3)),
        Lane(
            "F1",
            "S1",
            transit=90 * 60 * SECOND,
            cost_per_unit=0.1,
            cost_per_trip=40.0,
            capacity_units=4000,
            departs=(2 * HOUR, 14 * HOUR + 30 * 60 * SECOND),
        ),
    )


def test_from_a_mapping_as_a_scenario_has_it() -> None:
    net = Network.from_mapping(
        {
            "locations": [
                {"id": "V1", "kind": "supplier"},
                {"id": "S1", "kind": "store", "at": [39.1, -84.5], "open": [8 * HOUR, 22 * HOUR]},
            ],
            "lanes": [
                {
                    "from": "V1",
                    "to": "S1",
                    "transit": 5 * DAY,
                    "departs": [2 * HOUR],
                    "order": {"moq": 24, "pack": 12, "days": ["tue"]},
                }
            ],
        }
    )
    assert net.location("S1").open == (8 * HOUR, 22 * HOUR)
    assert net.lanes == (Lane("V1", "S1", 5 * DAY, departs=(2 * HOUR,), moq=24, pack=12, order_days=(1,)),)


def test_from_an_empty_mapping() -> None:
    assert Network.from_mapping({}) == Network([])


def test_cells_as_data_frames_have_them() -> None:
    row = {"from": "A", "to": "B", "capacity_units": 4000.0, "pack": 12.0, "departs": math.nan, "moq": None}
    assert read_lanes([row]) == [Lane("A", "B", capacity_units=4000, pack=12)]


def test_a_random_transit_passes_as_it_is() -> None:
    class Law:
        lowest, mean = 0.0, 5.0

    law = Law()
    assert read_lanes([{"from": "A", "to": "B", "transit": law}])[0].transit is law


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("800ms", 800_000),
        ("5us", 5),
        ("30m", 1_800_000_000),
        ("1.5 d", 129_600_000_000),
        ("2w", 14 * DAY),
        ("0s", 0),
    ],
)
def test_durations(text: str, microseconds: int) -> None:
    assert read_lanes([{"from": "A", "to": "B", "transit": text}])[0].transit == microseconds


@pytest.mark.parametrize(
    ("row", "path", "message"),
    [
        ({"kind": "store"}, "locations[1].id", "missing: found 'nothing', expected a name"),
        ({"id": " ", "kind": "store"}, "locations[1].id", "missing"),
        ({"id": "S", "kind": "store", "lat": "39"}, "locations[1].lon", "missing"),
        ({"id": "S", "kind": "store", "lat": "north", "lon": "2"}, "locations[1].lat", "found .north."),
        ({"id": "S", "kind": "store", "at": [1, 2, 3]}, "locations[1].at", "cannot be read"),
        ({"id": "S", "kind": "store", "open": "8-22"}, "locations[1].open", "expected opening hours such as"),
        ({"id": "S", "kind": "store", "cut_off": "25:00"}, "locations[1].cut_off", "found '25:00'"),
        ({"id": "S", "kind": "store", "cut_off": "18.30"}, "locations[1].cut_off", "expected a time of day"),
        ({"id": "S", "knd": "store"}, "locations[1]", "unknown column: found 'knd', .*did you mean kind"),
    ],
)
def test_bad_cells_of_a_location(row: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message) as caught:
        read_locations([{"id": "S0", "kind": "store"}, row])
    assert show_path(caught.value.path) == path


@pytest.mark.parametrize(
    ("cells", "path", "message"),
    [
        ({"transit": "5"}, "lanes[0].transit", "found '5', expected a duration such as 5d"),
        ({"transit": "5 days"}, "lanes[0].transit", "cannot be read"),
        ({"transit": True}, "lanes[0].transit", "cannot be read"),
        ({"transit": math.inf}, "lanes[0].transit", "cannot be read"),
        ({"cost_per_unit": "ten"}, "lanes[0].cost_per_unit", "expected a number"),
        ({"cost_per_unit": "inf"}, "lanes[0].cost_per_unit", "expected a number"),
        ({"capacity_units": "1.5"}, "lanes[0].capacity_units", "expected a whole number"),
        ({"capacity_units": 1.5}, "lanes[0].capacity_units", "expected a whole number"),
        ({"pack": True}, "lanes[0].pack", "expected a whole number"),
        ({"departs": "2am"}, "lanes[0].departs", "expected times of day such as 02:00"),
        ({"order_days": "someday"}, "lanes[0].order_days", "expected weekdays such as tue;thu"),
        ({"order": {"moq": "few"}}, "lanes[0].order.moq", "expected a whole number"),
        ({"order": {"packs": 2}}, "lanes[0].order", "unknown column: found 'packs', .*did you mean pack"),
        ({"price_breaks": "1"}, "lanes[0]", "unknown column: found 'price_breaks'"),
    ],
)
def test_bad_cells_of_a_lane(cells: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message) as caught:
        read_lanes([{"from": "A", "to": "B", **cells}])
    assert show_path(caught.value.path) == path
