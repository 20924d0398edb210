"""Which SKUs a location ranges, and how cells are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import ScenarioError
from tests.twin.scenes import TWO_STORES, plan_of
from twin.plan.cells import Cells
from twin.simulate import Plan


def ranges(plan: Plan) -> dict[str, str]:
    """SKUs of each location, joined."""
    skus = plan.items.skus
    return {
        place.id: "".join(skus[i] for i in ranged) for place, ranged in zip(plan.network.locations, plan.ranged.skus, strict=True)
    }


def test_without_rules_a_location_ranges_what_it_has_a_use_for() -> None:
    plan = plan_of(
        TWO_STORES,
        "demand: {pos: {at: {ids: [S1]}, sku: B, rate: 1/d}}",
        "policies: {reorder: {where: {kind: fc, category: food}, use: base_stock, level: 5}}",
        "inventory: {opening: [{where: {ids: [S2], sku: A}, units: 3}, {where: {kind: supplier}, units: 9}]}",
    )
    assert ranges(plan) == {"S1": "B", "S2": "A", "F1": "A", "V1": ""}


def test_demand_for_a_whole_assortment_ranges_everything() -> None:
    assert ranges(plan_of(TWO_STORES, "demand: {pos: {at: {ids: [S2]}, lines_per_day: 9}}"))["S2"] == "AB"


def test_a_scenario_that_needs_nothing_ranges_nothing() -> None:
    assert set(ranges(plan_of(TWO_STORES)).values()) == {""}


def test_the_first_rule_that_means_a_location_decides() -> None:
    rules = "assortment: [{where: {ids: [S1]}, skus: [B]}, {where: {kind: store}, skus: [A]}, {skus: [B, A]}]"
    assert ranges(plan_of(TWO_STORES, rules)) == {"S1": "B", "S2": "A", "F1": "AB", "V1": ""}


def test_a_location_that_no_rule_means_ranges_what_it_has_a_use_for() -> None:
    demand = "demand: {pos: {at: {kind: fc}, sku: B, rate: 1/d}}"
    plan = plan_of(TWO_STORES, "assortment: {where: {kind: store}, skus: [A]}", demand)
    assert ranges(plan) == {"S1": "A", "S2": "A", "F1": "B", "V1": ""}


def test_the_most_popular() -> None:
    catalog = "catalog: {generate: {skus: 40, popularity: {zipf: {s: 1, q: 0}}}}"
    network = TWO_STORES[TWO_STORES.index("network:") :]
    plan = plan_of(catalog, network, "assortment: [{where: {kind: store}, top: 7}, {top: 1000}]")
    assert [ranged.size for ranged in plan.ranged.skus] == [7, 7, 40, 0]
    assert plan.ranged.skus[0].tolist() == list(range(7))
    assert plan.ranged.skus[0] is plan.ranged.skus[1]  # shared, so that many stores cost nothing


def test_demand_of_what_is_not_ranged_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"demand\.pos\[B\]\.sku: S2 does not range it") as caught:
        plan_of(
            TWO_STORES,
            "assortment: [{where: {ids: [S2]}, skus: [A]}, {skus: [A, B]}]",
            "demand: {pos: [{at: {kind: store}, sku: B, rate: 1/d}]}",
        )
    assert "<text>:" in str(caught.value)


def test_a_sku_that_is_named_twice_is_ranged_once() -> None:
    assert ranges(plan_of(TWO_STORES, "assortment: {skus: [B, A, B]}"))["S1"] == "AB"


def test_an_assortment_of_an_unknown_sku_is_refused() -> None:
    with pytest.raises(ScenarioError, match="assortment"):
        plan_of(TWO_STORES, "assortment: [{skus: [A, X]}]")


def test_an_assortment_of_a_sku_that_a_made_up_catalog_does_not_have_is_refused() -> None:
    network = TWO_STORES[TWO_STORES.index("network:") :]
    with pytest.raises(ScenarioError, match=r"assortment\[1\]\.skus: no such item") as caught:
        plan_of("catalog: {generate: {skus: 40}}", network, "assortment: [{where: {kind: fc}, top: 3}, {skus: [K00040, K00041]}]")
    assert "K00041" in str(caught.value)


@st.composite
def cells(draw: st.DrawFn) -> Cells:
    ranged = draw(st.lists(st.sets(st.integers(0, 12)), min_size=1, max_size=5))
    return Cells([np.array(sorted(skus), np.int32) for skus in ranged])


@given(cells())
def test_cells_find_their_location_and_sku_and_back(of: Cells) -> None:
    number = 0
    for location, ranged in enumerate(of.skus):
        part = of.of(location)
        assert part == slice(number, number + ranged.size)
        mine = np.arange(part.start, part.stop, dtype=np.int32)
        assert of.location_of(mine).tolist() == [location] * ranged.size
        assert of.sku_of(location, mine).tolist() == ranged.tolist()
        everything = np.arange(13, dtype=np.int32)
        expected = [part.start + ranged.tolist().index(sku) if sku in ranged else -1 for sku in everything]
        assert of.find(location, everything).tolist() == expected
        number += ranged.size
    assert len(of) == number
