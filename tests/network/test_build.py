"""A network built, indexed and asked."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest

from network import Lane, Location, Network, NetworkError
from network.locations import DAY, HOUR


@dataclass(frozen=True)
class Law:
    """A stand-in for a distribution of transit times."""

    lowest: float
    mean: float


def two_stores() -> Network:
    return Network(
        [
            Location("S1", "store", open=(8 * HOUR, 22 * HOUR), tags=("downtown",)),
            Location("S2", "store"),
            Location("F1", "fc", cut_off=18 * HOUR),
            Location("V1", "supplier"),
        ],
        [
            Lane("V1", "F1", transit=Law(0.0, 5.0 * DAY), moq=24, pack=12),
            Lane("F1", "S1", transit=DAY, cost_per_unit=0.1, departs=(2 * HOUR,), capacity_units=4000),
            Lane("F1", "S2", transit=DAY, cost_per_unit=0.1),
        ],
    )


def test_it_finds_its_locations_and_lanes() -> None:
    net = two_stores()
    assert net.index == {"S1": 0, "S2": 1, "F1": 2, "V1": 3}
    assert net.location("F1").cut_off == 18 * HOUR
    assert [each.id for each in net.of_kind("store")] == ["S1", "S2"]
    assert [each.id for each in net.of_kind("supplier", "fc")] == ["F1", "V1"]
    assert [lane.destination for lane in net.lanes_out_of("F1")] == ["S1", "S2"]
    assert net.lanes_into("V1") == ()
    assert not net.location("V1").is_internal
    assert repr(net) == "<Network of 4 locations and 3 lanes>"


def test_means_of_fixed_and_random_transits() -> None:
    law, fixed = two_stores().lanes[:2]
    assert (law.mean_transit, law.lowest_transit) == (5.0 * DAY, 0.0)
    assert (fixed.mean_transit, fixed.lowest_transit) == (DAY, DAY)


def test_cheapest_lane_first() -> None:
    sites = [Location(id_, "fc") for id_ in ("A", "B", "C", "D", "S")]
    lanes = [
        Lane("D", "S", cost_per_unit=1.0, transit=3),
        Lane("C", "S", cost_per_unit=1.0, transit=Law(0, 2.5)),
        Lane("B", "S", cost_per_unit=0.5, transit=9),
        Lane("A", "S", cost_per_unit=1.0, transit=3),
    ]
    for order in (lanes, lanes[::-1]):
        net = Network(sites, order)
        assert [lane.origin for lane in net.lanes_into("S")] == ["B", "C", "A", "D"]
        assert net.lane_for("S").origin == "B"
        assert net.lane_for("S", "D").origin == "D"


def test_a_lane_that_is_not_there() -> None:
    net = two_stores()
    path = ("policies", "reorder", 0, "source")
    with pytest.raises(NetworkError, match=r"unknown location: found 'S3'.*did you mean S") as caught:
        net.lane_for("S3", path=path)
    assert caught.value.path == path
    with pytest.raises(NetworkError, match="nothing supplies V1: found 'no lane into it'"):
        net.lane_for("V1")
    with pytest.raises(NetworkError, match="no lane from the source to S1: found 'V1', expected one of F1"):
        net.lane_for("S1", "V1")


def test_equal_networks_are_equal_and_travel_between_processes() -> None:
    assert two_stores() == two_stores()
    assert two_stores() != Network(two_stores().locations)
    assert two_stores() != "two stores"
    assert pickle.loads(pickle.dumps(two_stores())) == two_stores()


def test_as_a_graph() -> None:
    graph = two_stores().graph()
    assert sorted(graph.nodes) == ["F1", "S1", "S2", "V1"]
    assert graph.edges["V1", "F1"]["lane"].moq == 24
    assert graph.nodes["S1"]["location"].tags == ("downtown",)


def test_an_empty_network_is_one() -> None:
    assert Network([]).of_kind("store") == ()
