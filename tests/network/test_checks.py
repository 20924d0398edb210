"""Every fault of a network is found, named and located."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from network import Lane, Location, Network, NetworkError
from network.checks import Need, check_supplied, find_problems
from network.errors import show_path
from network.locations import DAY, HOUR

SITES = [Location("V1", "supplier"), Location("F1", "fc"), Location("S1", "store")]
LANE = Lane("F1", "S1", transit=DAY)


def the_problem(sites: list[Location], lanes: list[Lane]) -> NetworkError:
    problems = find_problems(sites, lanes)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_sound_network_has_none() -> None:
    assert find_problems(SITES, [Lane("V1", "F1"), LANE, Lane("V1", "S1")]) == []


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"id": ""}, "locations[0].id", "empty id"),
        ({"id": "F1"}, "locations[1].id", r"duplicate id: found 'F1', .* locations\[0\] has it already"),
        ({"kind": "shop"}, "locations[0].kind", "unknown kind: found 'shop', expected one of store, fc, hub"),
        ({"kind": "stores"}, "locations[0].kind", "did you mean store"),
        ({"at": (91.0, 0.0)}, "locations[0].at", "not a place on Earth"),
        ({"at": (0.0, -180.5)}, "locations[0].at", "not a place on Earth"),
        ({"at": (math.nan, 0.0)}, "locations[0].at", "not a place on Earth"),
        ({"open": (8 * HOUR, 8 * HOUR)}, "locations[0].open", "not opening hours"),
        ({"open": (-1, HOUR)}, "locations[0].open", "not opening hours"),
        ({"cut_off": DAY + 1}, "locations[0].cut_off", "not a time of day"),
    ],
)
def test_faults_of_a_location(change: dict[str, Any], path: str, message: str) -> None:
    problem = the_problem([replace(SITES[0], **change), *SITES[1:]], [LANE])
    assert show_path(problem.path) == path
    with pytest.raises(NetworkError, match=message):
        raise problem


def test_hours_may_span_midnight_or_end_with_the_day() -> None:
    sites = [replace(SITES[2], open=hours) for hours in ((20 * HOUR, 4 * HOUR), (0, DAY))]
    assert all(find_problems([site], []) == [] for site in sites)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"origin": "F2"}, "lanes[0].from", "unknown location: found 'F2', .*did you mean F1"),
        ({"destination": "store-one"}, "lanes[0].to", "unknown location: found 'store-one', expected the id"),
        ({"destination": "F1"}, "lanes[0].to", "a lane from a location to itself"),
        ({"destination": "V1"}, "lanes[0].to", "a lane to a supplier: found 'V1'"),
        ({"transit": -1}, "lanes[0].transit", "negative transit: found -1"),
        ({"transit": math.nan}, "lanes[0].transit", "negative transit"),
        ({"cost_per_unit": -0.1}, "lanes[0].cost_per_unit", "negative cost: found -0.1, expected a number"),
        ({"cost_per_trip": math.inf}, "lanes[0].cost_per_trip", "negative cost: found inf"),
        ({"capacity_units": 0}, "lanes[0].capacity_units", "no capacity: found 0"),
        ({"moq": -1}, "lanes[0].order.moq", "out of range: found -1"),
        ({"pack": 0}, "lanes[0].order.pack", "out of range: found 0"),
        ({"departs": (DAY,)}, "lanes[0].departs", "not departures"),
        ({"departs": (HOUR, HOUR)}, "lanes[0].departs", "not departures"),
        ({"order_days": (7,)}, "lanes[0].order.days", "not weekdays"),
    ],
)
def test_faults_of_a_lane(change: dict[str, Any], path: str, message: str) -> None:
    problem = the_problem(SITES, [replace(LANE, **change)])
    assert show_path(problem.path) == path
    with pytest.raises(NetworkError, match=message):
        raise problem


def test_a_random_transit_that_may_be_negative() -> None:
    class Normal:
        lowest, mean = -5.0, 10.0

    problem = the_problem(SITES, [replace(LANE, transit=Normal())])
    assert show_path(problem.path) == "lanes[0].transit"


def test_duplicate_lane() -> None:
    problem = the_problem(SITES, [LANE, Lane("V1", "F1"), replace(LANE, transit=5)])
    assert show_path(problem.path) == "lanes[2]"
    assert "found 'F1 -> S1'" in str(problem)
    assert "lanes[0] is it already" in str(problem)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(NetworkError, match="duplicate id") as caught:
        Network([*SITES, SITES[1]], [replace(LANE, transit=-1, pack=0)])
    paths = [show_path(problem.path) for problem in caught.value.more]
    assert paths == ["lanes[0].transit", "lanes[0].order.pack"]


CHAIN = Network(SITES, [Lane("V1", "F1"), LANE])


def test_what_is_supplied_is_supplied() -> None:
    needs = [Need("F1", np.arange(3)), Need("S1", np.array([0, 2]))]
    check_supplied(CHAIN, needs, {"F1": np.arange(3), "S1": np.array([0, 2])})


def test_a_source_that_only_holds_its_opening_stock_will_do() -> None:
    check_supplied(CHAIN, [Need("S1", [1])], {"F1": [0, 1]})


def test_nothing_supplies_a_location() -> None:
    net = Network(SITES, [LANE])
    path = ("policies", "reorder", 1)
    with pytest.raises(NetworkError, match="nothing supplies F1: found 'no lane into it'") as caught:
        check_supplied(net, [Need("S1", [0]), Need("F1", [0], path=path)], {"F1": [0], "S1": [0]})
    assert caught.value.path == path


def test_the_source_does_not_stock_it() -> None:
    with pytest.raises(NetworkError, match=r"nothing supplies B at S1: found 'F1 as its source"):
        check_supplied(CHAIN, [Need("S1", [0, 1])], {"F1": [0]}, names=["A", "B"])
    with pytest.raises(NetworkError, match=r"nothing supplies SKU 4 at S1 \(and 1 more SKUs\)"):
        check_supplied(CHAIN, [Need("S1", [4, 0, 9])], {"F1": [0]})
    with pytest.raises(NetworkError, match="nothing supplies SKU 0 at S1"):
        check_supplied(CHAIN, [Need("S1", [0])], {})


def test_an_unknown_source() -> None:
    with pytest.raises(NetworkError, match="no lane from the source to S1: found 'V1'"):
        check_supplied(CHAIN, [Need("S1", [0], source="V1")], {"F1": [0]})


RING = Network(
    [
        Location("V1", "supplier"),
        *(Location(id_, "fc") for id_ in ("F1", "F2", "F3")),
        Location("S1", "store"),
    ],
    [
        Lane("F1", "F2"),
        Lane("F2", "F3"),
        Lane("F3", "F1"),
        Lane("V1", "F1", cost_per_unit=9),
        Lane("F1", "S1"),
    ],
)
EVERYWHERE = {id_: [0, 1] for id_ in ("F1", "F2", "F3", "S1")}


def test_locations_that_supply_one_another() -> None:
    needs = [Need(id_, [0, 1], path=("rule", id_)) for id_ in ("F1", "F2", "F3", "S1")]
    with pytest.raises(NetworkError, match="found 'F1 -> F2 -> F3 -> F1', expected a supplier") as caught:
        check_supplied(RING, needs, EVERYWHERE)
    assert caught.value.path == ("rule", "F1")


def test_a_ring_of_lanes_is_no_circle_of_supply() -> None:
    needs = [Need("F1", [0, 1], source="V1"), *(Need(id_, [0, 1]) for id_ in ("F2", "F3", "S1"))]
    check_supplied(RING, needs, EVERYWHERE)


def test_each_sku_is_followed_by_itself() -> None:
    # F1 has SKU 0 from F3 and SKU 1 from V1; F3 has only SKU 1 from F2: each chain has a head.
    needs = [
        Need("F1", [0], source="F3"),
        Need("F1", [1], source="V1"),
        Need("F2", [0, 1]),
        Need("F3", [1]),
    ]
    check_supplied(RING, needs, EVERYWHERE)
    with pytest.raises(NetworkError, match="locations that supply one another"):
        check_supplied(RING, [*needs, Need("F3", [0])], EVERYWHERE)


def test_paths_read_as_a_scenario_writes_them() -> None:
    assert show_path(("network", "lanes", 3, "order", "moq")) == "network.lanes[3].order.moq"
    assert show_path(()) == ""
