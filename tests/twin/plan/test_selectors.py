"""Who a selector means: all keys met; a share chosen by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from network import Location, Network
from scenarios import ScenarioError
from scenarios.schema.selectors import Selector
from tests.twin.scenes import TWO_STORES, plan_of
from twin.plan.places import locations_of, skus_of

PLACES = Network(
    [
        Location("S1", "store", tags=("new", "downtown"), region="north"),
        Location("S2", "store", tags=("downtown",), region="south"),
        Location("S3", "store", region="south"),
        Location("F1", "fc", region="south"),
        Location("V1", "supplier"),
    ],
    [],
)


def meant(**keys: Any) -> str:
    chosen = locations_of(Selector.model_validate(keys), PLACES)
    return " ".join(place.id for place, yes in zip(PLACES.locations, chosen, strict=True) if yes)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, "S1 S2 S3 F1 V1"),
        ({"kind": "store"}, "S1 S2 S3"),
        ({"kind": ["fc", "supplier"]}, "F1 V1"),
        ({"ids": ["V1", "S2"]}, "S2 V1"),
        ({"region": "south"}, "S2 S3 F1"),
        ({"tag": "downtown"}, "S1 S2"),
        ({"tag": ["new", "old"]}, "S1"),
        ({"kind": "store", "region": "south", "tag": "downtown"}, "S2"),
        ({"kind": "fc", "tag": "new"}, ""),
        ({"share": "0"}, ""),
        ({"share": "1"}, "S1 S2 S3 F1 V1"),
    ],
)
def test_locations(keys: dict[str, Any], expected: str) -> None:
    assert meant(**keys) == expected


def test_a_share_is_chosen_by_name() -> None:
    """About that share of the stores, the same whoever else is there, and each larger share holds the smaller ones."""
    names = [f"S{i}" for i in range(2000)]
    stores = [Location(name, "store") for name in names]
    chosen = {}
    for share in (0.1, 0.3, 0.9):
        selector = Selector.model_validate({"share": str(share)})
        mask = locations_of(selector, Network(stores, []))
        assert mask.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 2000))
        chosen[share] = {name for name, yes in zip(names, mask, strict=True) if yes}
        half = locations_of(selector, Network(stores[1000:], []))
        np.testing.assert_array_equal(half, mask[1000:])
    assert chosen[0.1] < chosen[0.3] < chosen[0.9]


def test_skus() -> None:
    items = plan_of(TWO_STORES, "assortment: {skus: [A]}").items
    assert skus_of(Selector.model_validate({"kind": "store"}), items) is None
    for keys, expected in (
        ({"sku": "B"}, [False, True]),
        ({"category": "food"}, [True, False]),
        ({"category": ["food", "toys"], "sku": ["A"]}, [True, False]),
        ({"category": "toys", "sku": "A"}, [False, False]),
    ):
        mask = skus_of(Selector.model_validate(keys), items)
        assert mask is not None
        assert mask.tolist() == expected


GENERATED = """
catalog: {generate: {skus: 30, categories: 3}}
network: {generate: {stores: 4, fcs: 1, suppliers: 2}}
assortment: {top: 10}
"""


@pytest.mark.parametrize(
    ("part", "key", "near"),
    [
        ("demand: {pos: {at: {ids: [S0001, S0O02]}, lines_per_day: 3}}", "demand.pos.at.ids", "S0002"),
        ("inventory: {opening: [{where: {sku: K00001x}, units: 1}]}", "inventory.opening[0].where.sku", "K00001"),
        (
            "demand: {surges: {name: x, from: 2026-03-03, for: 1d, times: 2, where: {category: categori-01}}}",
            "demand.surges",
            "category-01",
        ),
        ("disruptions: [{at: 2026-03-03, for: 1d, offline: {tag: downtown}}]", "disruptions[0].offline.tag", ""),
    ],
)
def test_names_that_only_the_made_up_network_and_catalog_know(part: str, key: str, near: str) -> None:
    with pytest.raises(ScenarioError, match="nothing has this name") as caught:
        plan_of(GENERATED, part)
    assert key in str(caught.value)
    assert near in str(caught.value)
