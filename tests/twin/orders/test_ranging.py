"""The search for a SKU begins at the first candidate that ranges it, whatever assortments there are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.orders import ranging
from twin.orders.ranging import ranging_of
from twin.orders.state import NODE, NONE

SKUS = 12


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[set[int]], list[list[int]]]:
    """What each location ranges, and the candidates of each zone."""
    assortments = draw(st.lists(st.sets(st.integers(0, SKUS - 1)), min_size=1, max_size=5))
    locations = draw(st.lists(st.sampled_from(range(len(assortments))), min_size=1, max_size=8))
    zones = draw(st.lists(st.permutations(range(len(locations))).map(lambda all_: all_[: len(all_) // 2 + 1]), max_size=4))
    return [assortments[i] for i in locations], [list(zone) for zone in zones]


@given(networks())
def test_nobody_before_it_ranges_the_sku_and_it_does(network: tuple[list[set[int]], list[list[int]]]) -> None:
    locations, zones = network
    nodes, rows = np.zeros(len(locations), NODE), [np.full(SKUS, NONE, np.int32)]
    for i, ranged in enumerate(locations):
        nodes[i]["size"], nodes[i]["sheet"] = len(ranged), NONE
        if sorted(ranged) != list(range(len(ranged))):
            nodes[i]["sheet"] = len(rows)
            row = np.full(SKUS, NONE, np.int32)
            row[sorted(ranged)] = np.arange(len(ranged))
            rows.append(row)
    first = np.cumsum([0] + [len(zone) for zone in zones])
    candidates = np.array([[0, 0, location] for zone in zones for location in zone], np.int64).reshape(-1, 3)
    kinds, nearest = ranging_of(nodes, np.stack(rows), SKUS, first, candidates)
    for z, zone in enumerate(zones):
        for sku in range(SKUS):
            expected = next((c for c, location in enumerate(zone) if sku in locations[location]), len(zone))
            assert nearest[z, kinds[sku]] == expected


def test_of_very_many_kinds_the_search_begins_at_the_nearest() -> None:
    skus = ranging.MOST_KINDS + 1
    rows = (np.arange(skus) >> np.arange(11)[:, None]) & 1  # each SKU ranged by locations of its own
    places = np.where(rows == 1, 0, NONE).astype(np.int32)
    nodes = np.zeros(11, NODE)
    nodes["sheet"] = np.arange(11)
    candidates = np.array([[0, 0, location] for location in range(11)], np.int64)
    kinds, nearest = ranging_of(nodes, places, skus, np.array([0, 11]), candidates)
    assert not nearest[:, kinds].any()
